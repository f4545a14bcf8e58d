"""The prediction of a translator."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqnlp.serving.marking import escape_html
from seqnlp.serving.prediction import Prediction
from seqnlp.types import JsonObject


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One translation that the search found.

    Attributes:
        text: The translation.
        score: Its log probability, normalised by its length; higher is better (Wu et al. 2016, equation 14).
        subwords: Its subwords. One that starts a word begins with a space.
        segments: The attention of each segment of a long text, float32 [subwords, source subwords]; empty if
            it was not requested.
    """

    text: str
    score: float
    subwords: tuple[str, ...] = field(repr=False)
    segments: tuple[NDArray[np.float32], ...] = field(repr=False, compare=False)

    @property
    def attention(self) -> NDArray[np.float32]:
        """The weight of each source subword for each subword, float32 [subwords, source subwords].

        Each row sums to 1. The size of the array grows with the square of the length of a long text.
        """
        joined = np.zeros(
            tuple(sum(each.shape[axis] for each in self.segments) for axis in (0, 1)), np.float32
        )
        for row, column, weights in self._places():
            joined[row : row + weights.shape[0], column : column + weights.shape[1]] = weights
        return joined

    @property
    def alignment(self) -> list[int]:
        """The index of the source subword with the highest weight, for each subword."""
        return [
            column + best
            for _, column, weights in self._places()
            if weights.size
            for best in weights.argmax(axis=1).tolist()
        ]

    def _places(self) -> Iterator[tuple[int, int, NDArray[np.float32]]]:
        """Yield the first row and column of each segment, and its weights."""
        row = column = 0
        for weights in self.segments:
            yield row, column, weights
            row, column = row + weights.shape[0], column + weights.shape[1]


@dataclass(frozen=True, slots=True)
class Translation(Prediction):
    """A translated text.

    A notebook shows the translation, and its attention as a shaded table.

    Attributes:
        source: The source text.
        subwords: The subwords of the source text.
        hypotheses: The translations, the best one first. There is at least one.
    """

    source: str
    subwords: tuple[str, ...] = field(repr=False)
    hypotheses: tuple[Hypothesis, ...]

    @property
    def text(self) -> str:
        """The best translation."""
        return self.hypotheses[0].text

    @property
    def score(self) -> float:
        """The score of the best translation."""
        return self.hypotheses[0].score

    def draw(self, path: Path | str) -> None:
        """Draw the attention of the best translation as a PNG. Needs matplotlib."""
        from seqnlp.training.plots import plot_attention

        best = self.hypotheses[0]
        plot_attention(best.attention, self.subwords, best.subwords, Path(path))

    def to_dict(self) -> JsonObject:
        """Return the translation as JSON values; all `hypotheses` if there are several."""
        found: dict[str, Any] = {"text": self.source, "translation": self.text, "score": round(self.score, 4)}
        if len(self.hypotheses) > 1:
            found["hypotheses"] = [
                {"text": each.text, "score": round(each.score, 4)} for each in self.hypotheses
            ]
        return found

    def _repr_html_(self) -> str:
        best = self.hypotheses[0]
        if not best.segments:
            return f"<p>{escape_html(self.text)}</p>"
        heading = "".join(f"<th>{escape_html(subword.strip())}</th>" for subword in self.subwords)
        rows = (
            f"<tr><th>{escape_html(subword.strip())}</th>{''.join(map(_html_cell, weights))}</tr>"
            for subword, weights in zip(best.subwords, best.attention.tolist(), strict=True)
        )
        return f"<p>{escape_html(self.text)}</p><table><tr><th></th>{heading}</tr>{''.join(rows)}</table>"


def _html_cell(weight: float) -> str:
    """Return a table cell that is darker for a higher weight."""
    return f'<td title="{weight:.2f}" style="background: rgba(31, 95, 153, {weight:.2f})"></td>'
