"""The prediction of a translator."""

from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqnlp.serving.prediction import Prediction
from seqnlp.types import JsonObject


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One translation that the search found.

    Attributes:
        text: The translation.
        score: Its log probability, normalised by its length; higher is better (Wu et al. 2016, equation 14).
        subwords: Its subwords. One that starts a word begins with a space.
        attention: The weight of each source subword for each subword, float32 [subwords, source subwords].
            Each row sums to 1.
    """

    text: str
    score: float
    subwords: tuple[str, ...] = field(repr=False)
    attention: NDArray[np.float32] = field(repr=False, compare=False)

    @property
    def alignment(self) -> list[int]:
        """The index of the source subword with the highest weight, for each subword."""
        return self.attention.argmax(axis=1).tolist() if self.subwords else []


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
        heading = "".join(f"<th>{escape(subword.strip())}</th>" for subword in self.subwords)
        rows = (
            f"<tr><th>{escape(subword.strip())}</th>{''.join(map(_html_cell, weights))}</tr>"
            for subword, weights in zip(best.subwords, best.attention.tolist(), strict=True)
        )
        return f"<p>{escape(self.text)}</p><table><tr><th></th>{heading}</tr>{''.join(rows)}</table>"


def _html_cell(weight: float) -> str:
    """Return a table cell that is darker for a higher weight."""
    return f'<td title="{weight:.2f}" style="background: rgba(31, 95, 153, {weight:.2f})"></td>'
