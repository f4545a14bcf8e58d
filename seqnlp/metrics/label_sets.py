"""Scores for texts that may have several labels."""

from collections import Counter
from collections.abc import Collection, Mapping

import numpy as np

from seqnlp.metrics.calibration import calibration_error
from seqnlp.metrics.confusion import Confusion, LabelPair
from seqnlp.metrics.report import Table
from seqnlp.metrics.scores import Scores
from seqnlp.metrics.tally import Tally, label_tallies, macro_average, tally_table, total
from seqnlp.types import JsonObject


class LabelSetScores(Scores):
    """Count correct, missed and spurious labels of texts.

    Example:
        >>> scores = LabelSetScores()
        >>> scores.add(["sport"], ["sport", "news"], {"sport": 0.9, "news": 0.6})
        >>> scores.precision
        0.5
    """

    summary = ("f1", "exact", "texts")

    def __init__(self) -> None:
        self._pairs: Counter[LabelPair] = Counter()
        self._confidences: list[float] = []
        self._correct: list[bool] = []
        self._exact = 0
        self.texts = 0

    def add(
        self, gold: Collection[str], predicted: Collection[str], probabilities: Mapping[str, float]
    ) -> None:
        """Add one text.

        Args:
            gold: The gold labels.
            predicted: The predicted labels.
            probabilities: The probability of each label of the model.
        """
        gold, predicted = set(gold), set(predicted)
        self._pairs.update((label, label if label in predicted else None) for label in gold)
        self._pairs.update((None, label) for label in predicted - gold)
        self.texts += 1
        self._exact += gold == predicted
        for label, probability in probabilities.items():
            self._confidences.append(max(probability, 1 - probability))
            self._correct.append((probability >= 0.5) == (label in gold))

    @property
    def labels(self) -> dict[str, Tally]:
        """Counts per label that occurs in gold or predictions, in sorted order."""
        return label_tallies(self._pairs)

    @property
    def overall(self) -> Tally:
        """Counts summed over all labels."""
        return total(self.labels.values())

    @property
    def precision(self) -> float:
        """Precision over all labels (micro-averaged)."""
        return self.overall.precision

    @property
    def recall(self) -> float:
        """Recall over all labels (micro-averaged)."""
        return self.overall.recall

    @property
    def f1(self) -> float:
        """F1 over all labels (micro-averaged)."""
        return self.overall.f1

    @property
    def exact(self) -> float:
        """Fraction of texts whose predicted labels equal the gold labels."""
        return self._exact / self.texts if self.texts else 0.0

    @property
    def calibration_error(self) -> float:
        """Expected calibration error, with every label of every text as a separate yes-or-no decision."""
        return calibration_error(np.array(self._confidences), np.array(self._correct, bool))

    @property
    def confusion(self) -> Confusion:
        """Confusion matrix with correct, missed and spurious labels."""
        return Confusion.from_spans(self._pairs)

    def to_dict(self) -> JsonObject:
        """Return all scores as JSON values under their standard names."""
        labels = self.labels
        return {
            **self.overall.to_dict(),
            "exact": self.exact,
            "texts": self.texts,
            "calibration_error": self.calibration_error,
            "macro": macro_average(labels.values()),
            "labels": {label: tally.to_dict() for label, tally in labels.items()},
        }

    def blocks(self, figures: JsonObject) -> tuple[Table | str, ...]:
        """Return a table with a row per label and one for all labels, and a line about all texts."""
        return (
            tally_table(self.labels, {"all": self.overall}),
            f"{self.texts:,} texts, exact {self.exact:.4f}, "
            f"calibration error {figures['calibration_error']:.4f}",
        )
