"""What a classifier says of a text, and which words counted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from json import dumps
from typing import Any, NamedTuple

from seqnlp.tasks.classification.prediction import Classification


class WeightedWord(NamedTuple):
    """A word and how much it counted.

    Attributes:
        text: Its surface: `whole[start:end]`, always.
        start: Where it begins in the whole text, in characters.
        end: Where it ends, exclusive.
        weight: Its share of the attention, from 0 to 1.
    """

    text: str
    start: int
    end: int
    weight: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """A classified text, and how much each of its words counted.

    Attributes:
        classification: The labels and their probabilities.
        words: The words in their order; the sum of their weights is 1. None for an empty text.
    """

    classification: Classification
    words: Sequence[WeightedWord]

    def to_dict(self) -> dict[str, Any]:
        """Return the explanation as JSON values: a classification's, and `words`.

        Weights have four significant digits, since those of a long text are small.
        """
        words = [{**word._asdict(), "weight": float(f"{word.weight:.4g}")} for word in self.words]
        return {**self.classification.to_dict(), "words": words}

    def to_json(self, fields: Mapping[str, Any] | None = None) -> str:
        """Write what `to_dict` returns as a line of JSON.

        Args:
            fields: What stands before it in the same object.
        """
        return dumps({**(fields or {}), **self.to_dict()}, ensure_ascii=False)
