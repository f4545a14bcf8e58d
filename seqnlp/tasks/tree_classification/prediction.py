"""What a tree classifier says of a tree."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from json import dumps
from pathlib import Path
from typing import Any

from seqnlp.files import atomic_write_text
from seqnlp.records import ParseTree, Span
from seqnlp.trees.brackets import write_tree


@dataclass(frozen=True)
class LabelledTree:
    """A tree whose nodes have been labelled.

    Its nodes are those that were given, in the order in which their brackets open. Several over the same
    words are one; the whole is a node even if none was given.

    Attributes:
        given: The tree as it was given.
        labels: The most probable label of each node.
        scores: The probability of each of these labels.
    """

    given: ParseTree
    labels: tuple[str, ...]
    scores: tuple[float, ...]

    @cached_property
    def tree(self) -> ParseTree:
        """The tree with these labels."""
        words = self.given.words
        bounds = dict.fromkeys([(0, len(words)), *((span.start, span.end) for span in self.given.spans)])
        spans = (Span(label, *place) for label, place in zip(self.labels, bounds, strict=True))
        return ParseTree(words, tuple(spans))

    @property
    def label(self) -> str:
        """The label of the whole."""
        return self.labels[0]

    @property
    def score(self) -> float:
        """The probability of that label."""
        return self.scores[0]

    def svg(self) -> str:
        """Draw it, as `seqnlp.trees.svg` does."""
        from seqnlp.trees.svg import draw_svg

        return draw_svg([self.tree], [self.scores])

    def draw(self, path: Path) -> None:
        """Write the drawing as an SVG file."""
        atomic_write_text(path, self.svg())

    def _repr_svg_(self) -> str:
        """What notebooks show."""
        return self.svg()

    def to_dict(self) -> dict[str, Any]:
        """Return the tree as JSON values: as text in brackets, and node by node."""
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

    def to_json(self, fields: Mapping[str, Any] | None = None) -> str:
        """Write what `to_dict` returns as a line of JSON.

        Args:
            fields: What stands before it in the same object.
        """
        return dumps({**(fields or {}), **self.to_dict()}, ensure_ascii=False)
