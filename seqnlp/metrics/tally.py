"""Precision, recall and F1 from three counts."""

from collections.abc import Mapping
from dataclasses import dataclass

from seqnlp.metrics.confusion import LabelPair


@dataclass(slots=True)
class Tally:
    """Counts of gold, predicted and correct items.

    A ratio with denominator 0 is 0.

    Attributes:
        gold: Number of gold items, also called the support.
        predicted: Number of predicted items.
        correct: Number of predicted items that are correct.

    Example:
        >>> Tally(gold=4, predicted=2, correct=1).precision
        0.5
    """

    gold: int = 0
    predicted: int = 0
    correct: int = 0

    @property
    def precision(self) -> float:
        """Fraction of predicted items that are correct."""
        return self.correct / self.predicted if self.predicted else 0.0

    @property
    def recall(self) -> float:
        """Fraction of gold items that were predicted."""
        return self.correct / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        both = self.gold + self.predicted
        return 2 * self.correct / both if both else 0.0

    def to_dict(self) -> dict[str, float]:
        """Return `precision`, `recall` and `f1` from 0 to 1, and `support`."""
        return {"precision": self.precision, "recall": self.recall, "f1": self.f1, "support": self.gold}


def label_tallies(pairs: Mapping[LabelPair, int]) -> dict[str, Tally]:
    """Return the counts per label, in sorted order, from the counts of pairs of gold and predicted labels."""
    tallies: dict[str, Tally] = {}
    for (gold, predicted), number in pairs.items():
        if gold is not None:
            tallies.setdefault(gold, Tally()).gold += number
        if predicted is not None:
            tallies.setdefault(predicted, Tally()).predicted += number
        if gold is not None and gold == predicted:
            tallies[gold].correct += number
    return dict(sorted(tallies.items()))


def macro_average(tallies: list[Tally]) -> dict[str, float]:
    """Return the unweighted means of precision, recall and F1, or 0 for an empty list."""
    count = max(len(tallies), 1)
    return {
        "precision": sum(tally.precision for tally in tallies) / count,
        "recall": sum(tally.recall for tally in tallies) / count,
        "f1": sum(tally.f1 for tally in tallies) / count,
    }
