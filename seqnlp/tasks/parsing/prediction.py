"""The prediction of a parser."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seqnlp.files import atomic_write_text
from seqnlp.records import ParseTree
from seqnlp.serving.prediction import Prediction
from seqnlp.text.tokenizers import Token
from seqnlp.trees.brackets import write_tree
from seqnlp.types import JsonObject


@dataclass(frozen=True, slots=True)
class Parse(Prediction):
    """A parsed text. `text[start:end]` is the surface of every token. Notebooks show the trees.

    Attributes:
        text: The text.
        tokens: Its tokens.
        trees: The tree of each sentence. Together they cover all tokens.
        score: The sum of the scores of all constituents.

    Example:
        >>> from seqnlp.trees.brackets import parse_tree
        >>> tokens = (Token("Birds", 0, 5), Token("sing", 6, 10))
        >>> tree = parse_tree([(1, "(S (NP (NNS Birds)) (VP (VBP sing)))")])
        >>> Parse("Birds sing", tokens, (tree,), 2.5).tags
        ['NNS', 'VBP']
    """

    text: str
    tokens: Sequence[Token]
    trees: Sequence[ParseTree]
    score: float

    @property
    def tags(self) -> list[str]:
        """The part of speech of each token."""
        inner = {}  # the last label over a word is its part of speech
        first = 0
        for tree in self.trees:
            for span in tree.spans:
                if span.end == span.start + 1:
                    inner[first + span.start] = span.label
            first += len(tree.words)
        return [inner[place] for place in range(first)]

    def svg(self) -> str:
        """Return a drawing of the trees, as `seqnlp.trees.svg.draw_svg` does."""
        from seqnlp.trees.svg import draw_svg

        return draw_svg(self.trees)

    def draw(self, path: Path | str) -> None:
        """Write the drawing as an SVG file."""
        atomic_write_text(Path(path), self.svg())

    def _repr_html_(self) -> str:
        return self.svg()

    def to_dict(self, *, tokens: bool = False) -> JsonObject:
        """Return the parse as JSON values: `text`, `tree`, `score` and optionally `tokens`.

        `tree` has the trees in brackets, with spaces between them.

        Args:
            tokens: Whether to include the tokens with their parts of speech.
        """
        values: dict[str, Any] = {
            "text": self.text,
            "tree": " ".join(map(write_tree, self.trees)),
            "score": round(self.score, 4),
        }
        if tokens:
            values["tokens"] = [
                {"text": token.text, "start": token.start, "end": token.end, "label": tag}
                for token, tag in zip(self.tokens, self.tags, strict=True)
            ]
        return values
