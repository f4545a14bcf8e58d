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
        labels: Its label; where a text may have several, all it has, or none, the most probable first.
        scores: The probability of each label that the model knows.
        several: Whether a text may have several labels.
    """

    text: str
    labels: tuple[str, ...]
    scores: Mapping[str, float]
    several: bool = False

    @property
    def label(self) -> str:
        """The most probable label, whether the text has it or not."""
        return max(self.scores, key=self.scores.__getitem__)

    @property
    def score(self) -> float:
        """The probability of `label`."""
        return self.scores[self.label]

    def to_dict(self) -> dict[str, Any]:
        """Return the classification as JSON values: `labels`, or `label` and `score` if there is just one."""
        chosen = (
            {"labels": list(self.labels)}
            if self.several
            else {"label": self.label, "score": round(self.score, 4)}
        )
        return {
            "text": self.text,
            **chosen,
            "scores": {label: round(score, 4) for label, score in self.scores.items()},
        }

    def to_json(self, fields: Mapping[str, Any] | None = None) -> str:
        """Write what `to_dict` returns as a line of JSON.

        Args:
            fields: What stands before it in the same object.
        """
        return dumps({**(fields or {}), **self.to_dict()}, ensure_ascii=False)
