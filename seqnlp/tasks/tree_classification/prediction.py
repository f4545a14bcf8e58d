"""Predictions of tree classifiers."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from seqnlp.files import atomic_write_text
from seqnlp.records import ParseTree, Span
from seqnlp.serving.prediction import Prediction
from seqnlp.trees.brackets import write_tree
from seqnlp.types import JsonObject


@dataclass(frozen=True)
class LabelledTree(Prediction):
    """A tree with a predicted label for each node.

    The nodes are those of the given tree, in preorder. Several nodes over the same words are one node. The
    whole tree is a node even if the given tree has no such node.

    Attributes:
        given: The given tree. Its labels have no influence on the prediction.
        labels: The most probable label of each node.
        scores: The probability of each of these labels.

    Example:
        >>> from seqnlp.trees.brackets import parse_tree
        >>> given = parse_tree([(1, "(x (x good) (x film))")])
        >>> labelled = LabelledTree(given, ("4", "3", "2"), (0.9, 0.8, 0.7))
        >>> labelled.label, labelled.score
        ('4', 0.9)
        >>> write_tree(labelled.tree)
        '(4 (3 good) (2 film))'
    """

    given: ParseTree
    labels: tuple[str, ...]
    scores: tuple[float, ...]

    @cached_property
    def tree(self) -> ParseTree:
        """The tree with the predicted labels."""
        words = self.given.words
        bounds = dict.fromkeys([(0, len(words)), *((span.start, span.end) for span in self.given.spans)])
        spans = (Span(label, *place) for label, place in zip(self.labels, bounds, strict=True))
        return ParseTree(words, tuple(spans))

    @property
    def label(self) -> str:
        """The label of the whole tree."""
        return self.labels[0]

    @property
    def score(self) -> float:
        """The probability of the label of the whole tree."""
        return self.scores[0]

    def svg(self) -> str:
        """Return a drawing of the tree as SVG; the probabilities are tooltips."""
        from seqnlp.trees.svg import draw_svg

        return draw_svg([self.tree], [self.scores])

    def draw(self, path: Path | str) -> None:
        """Write the drawing as an SVG file."""
        atomic_write_text(Path(path), self.svg())

    def _repr_html_(self) -> str:
        """Return the drawing, for notebooks."""
        return self.svg()

    def to_dict(self) -> JsonObject:
        """Return the tree as JSON values: in brackets, and node by node."""
        return {
            "text": " ".join(self.tree.words),
            "tree": write_tree(self.tree),
            "label": self.label,
            "score": round(self.score, 4),
            "nodes": [
                {"label": span.label, "start": span.start, "end": span.end, "score": round(score, 4)}
                for span, score in zip(self.tree.spans, self.scores, strict=True)
            ],
        }
