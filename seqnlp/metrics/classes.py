"""Scores for texts with exactly one label."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from seqnlp.metrics.calibration import calibration_error
from seqnlp.metrics.confusion import Confusion, LabelPair
from seqnlp.metrics.report import Table
from seqnlp.metrics.scores import Scores
from seqnlp.metrics.tally import Tally, label_tallies, macro_average, tally_table
from seqnlp.types import JsonObject


class ClassScores(Scores):
    """Count correct and incorrect labels of texts.

    Example:
        >>> scores = ClassScores()
        >>> scores.add(["pos"], ["pos"], {"pos": 0.9, "neg": 0.1})
        >>> scores.accuracy
        1.0
    """

    summary = ("accuracy", "texts")

    def __init__(self) -> None:
        self._pairs: Counter[LabelPair] = Counter()
        self._confidences: list[float] = []
        self._correct: list[bool] = []

    def add(self, gold: Sequence[str], predicted: Sequence[str], probabilities: Mapping[str, float]) -> None:
        """Add one text.

        Args:
            gold: The gold label, a sequence of one item.
            predicted: The predicted label, a sequence of one item.
            probabilities: The probability of each label of the model.
        """
        (gold_label,), (label,) = gold, predicted
        self._pairs[gold_label, label] += 1
        self._confidences.append(probabilities[label])
        self._correct.append(label == gold_label)

    @property
    def labels(self) -> dict[str, Tally]:
        """Counts per label that occurs in gold or predictions, in sorted order."""
        return label_tallies(self._pairs)

    @property
    def texts(self) -> int:
        """Number of texts."""
        return len(self._correct)

    @property
    def accuracy(self) -> float:
        """Fraction of texts with the correct label."""
        return sum(self._correct) / len(self._correct) if self._correct else 0.0

    @property
    def calibration_error(self) -> float:
        """Expected calibration error of the predicted labels."""
        return calibration_error(np.array(self._confidences), np.array(self._correct, bool))

    @property
    def confusion(self) -> Confusion:
        """Confusion matrix of gold and predicted labels."""
        return Confusion.from_tags(self._pairs)

    def to_dict(self) -> JsonObject:
        """Return all scores as JSON values under their standard names."""
        labels = self.labels
        return {
            "accuracy": self.accuracy,
            "texts": self.texts,
            "calibration_error": self.calibration_error,
            "macro": macro_average(labels.values()),
            "labels": {label: tally.to_dict() for label, tally in labels.items()},
        }

    def blocks(self, figures: JsonObject) -> tuple[Table | str, ...]:
        """Return a table with one row per label, and a line about all texts."""
        return (
            tally_table(self.labels),
            f"{self.texts:,} texts, accuracy {self.accuracy:.4f}, "
            f"calibration error {figures['calibration_error']:.4f}",
        )
