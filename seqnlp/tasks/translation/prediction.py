"""What a translator says of a text."""

from collections.abc import Mapping
from dataclasses import dataclass
from json import dumps
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A translation that was found.

    Attributes:
        text: The translation.
        score: Its log probability, by its length: the higher, the better (Wu et al. 2016, equation 14).
        pieces: Its pieces, as they are written.
        attention: How much each piece of the source counted for each of them, float32 [pieces, source
            pieces]; each row's sum is 1.
    """

    text: str
    score: float
    pieces: tuple[str, ...]
    attention: NDArray[np.float32]

    @property
    def alignment(self) -> list[int]:
        """For each piece the number of the source's piece that counted most for it."""
        return self.attention.argmax(axis=1).tolist() if self.pieces else []


@dataclass(frozen=True, slots=True)
class Translation:
    """A translated text.

    Attributes:
        source: The text.
        pieces: Its pieces, as they are read.
        hypotheses: Its translations, the best first; one at least.
    """

    source: str
    pieces: tuple[str, ...]
    hypotheses: tuple[Hypothesis, ...]

    @property
    def text(self) -> str:
        """The best translation."""
        return self.hypotheses[0].text

    @property
    def score(self) -> float:
        """The score of the best translation."""
        return self.hypotheses[0].score

    def draw(self, path: Path) -> None:
        """Draw the attention of the best translation as a PNG. Needs matplotlib."""
        from seqnlp.training.plots import plot_attention

        best = self.hypotheses[0]
        plot_attention(best.attention, self.pieces, best.pieces, path)

    def to_dict(self) -> dict[str, Any]:
        """Return the translation as JSON values; all `hypotheses` if there are several."""
        found: dict[str, Any] = {"text": self.source, "translation": self.text, "score": round(self.score, 4)}
        if len(self.hypotheses) > 1:
            found["hypotheses"] = [
                {"translation": each.text, "score": round(each.score, 4)} for each in self.hypotheses
            ]
        return found

    def to_json(self, fields: Mapping[str, Any] | None = None) -> str:
        """Write what `to_dict` returns as a line of JSON.

        Args:
            fields: What stands before it in the same object.
        """
        return dumps({**(fields or {}), **self.to_dict()}, ensure_ascii=False)
