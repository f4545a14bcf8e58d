"""What a parser says of a text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from json import dumps
from pathlib import Path
from typing import Any

from seqnlp.files import atomic_write_text
from seqnlp.records import ParseTree
from seqnlp.text.tokenizers import Token
from seqnlp.trees.brackets import write_tree


@dataclass(frozen=True, slots=True)
class Parse:
    """A parsed text; `text[start:end]` is the surface of every token.

    Attributes:
        text: The text.
        tokens: Its tokens.
        trees: The tree of each of its sentences, over all tokens together.
        score: The sum of the scores of all constituents.
    """

    text: str
    tokens: Sequence[Token]
    trees: Sequence[ParseTree]
    score: float

    @property
    def tags(self) -> list[str]:
        """The part of speech of each token."""
        inner = {}  # of the labels over a word the last is its part of speech
        first = 0
        for tree in self.trees:
            for span in tree.spans:
                if span.end == span.start + 1:
                    inner[first + span.start] = span.label
            first += len(tree.words)
        return [inner[place] for place in range(first)]

    def svg(self) -> str:
        """Draw the trees, as `seqnlp.trees.svg` does."""
        from seqnlp.trees.svg import draw_svg

        return draw_svg(self.trees)

    def draw(self, path: Path) -> None:
        """Write the drawing as an SVG file."""
        atomic_write_text(path, self.svg())

    def _repr_svg_(self) -> str:
        """What notebooks show."""
        return self.svg()

    def to_dict(self) -> dict[str, Any]:
        """Return the parse as JSON values; the trees as text in brackets, one after the other."""
        tokens = zip(self.tokens, self.tags, strict=True)
        return {
            "text": self.text,
            "tree": " ".join(map(write_tree, self.trees)),
            "score": round(self.score, 4),
            "tokens": [
                {"text": token.text, "start": token.start, "end": token.end, "label": tag}
                for token, tag in tokens
            ],
        }

    def to_json(self, fields: Mapping[str, Any] | None = None) -> str:
        """Write what `to_dict` returns as a line of JSON.

        Args:
            fields: What stands before it in the same object.
        """
        return dumps({**(fields or {}), **self.to_dict()}, ensure_ascii=False)
