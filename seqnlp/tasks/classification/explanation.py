"""Explained classifications: the attention weight of each word."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from seqnlp.serving.prediction import Prediction
from seqnlp.tasks.classification.prediction import Classification
from seqnlp.types import JsonObject


class WeightedWord(NamedTuple):
    """A word and its attention weight.

    Attributes:
        text: The surface, always equal to `whole[start:end]`.
        start: The start in the whole text, in code points.
        end: The end, exclusive.
        weight: The share of the attention, from 0 to 1.
    """

    text: str
    start: int
    end: int
    weight: float


@dataclass(frozen=True, slots=True)
class Explanation(Prediction):
    """A classified text, and the attention weight of each word.

    The weights show where the model looked, which is not always why it decided. A notebook shows the text
    with its highest weights highlighted.

    Attributes:
        classification: The labels and their probabilities.
        words: The words in order. Their weights sum to 1. An empty text has no words.

    Example:
        >>> (explanation,) = classifier.explain(["A warm and witty film."])
        >>> max(explanation.words, key=lambda word: word.weight).text
        'witty'
    """

    classification: Classification
    words: Sequence[WeightedWord]

    def to_dict(self) -> JsonObject:
        """Return the explanation as JSON values: those of the classification, and `words`.

        Weights have four significant digits, because those of a long text are small.
        """
        words = [{**word._asdict(), "weight": float(f"{word.weight:.4g}")} for word in self.words]
        return {**self.classification.to_dict(), "words": words}

    def _repr_html_(self) -> str:
        from seqnlp.tasks.classification.explanation_html import write_fragment

        return write_fragment(self)
