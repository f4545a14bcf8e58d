"""What a classifier says of a text."""

from collections.abc import Mapping
from dataclasses import dataclass
from json import dumps
from typing import Any


@dataclass(frozen=True, slots=True)
class Classification:
    """A classified text.

    Attributes:
        text: The text.
        label: The most probable label.
        score: Its probability.
        scores: The probability of each label.
    """

    text: str
    label: str
    score: float
    scores: Mapping[str, float]

    def to_dict(self) -> dict[str, Any]:
        """Return the classification as JSON values."""
        return {
            "text": self.text,
            "label": self.label,
            "score": round(self.score, 4),
            "scores": {label: round(score, 4) for label, score in self.scores.items()},
        }

    def to_json(self, fields: Mapping[str, Any] | None = None) -> str:
        """Write what `to_dict` returns as a line of JSON.

        Args:
            fields: What stands before it in the same object.
        """
        return dumps({**(fields or {}), **self.to_dict()}, ensure_ascii=False)
