"""Scores for texts with exactly one label."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from seqnlp.metrics.calibration import calibration_error
from seqnlp.metrics.confusion import Confusion, LabelPair
from seqnlp.metrics.tally import Tally, label_tallies, macro_average


class ClassScores:
    """Count correct and wrong labels of texts.

    Example:
        >>> scores = ClassScores()
        >>> scores.add(["pos"], ["pos"], {"pos": 0.9, "neg": 0.1})
        >>> scores.accuracy
        1.0
    """

    def __init__(self) -> None:
        self._pairs: Counter[LabelPair] = Counter()
        self._confidences: list[float] = []
        self._right: list[bool] = []

    def add(self, gold: Sequence[str], predicted: Sequence[str], probabilities: Mapping[str, float]) -> None:
        """Add one text.

        Args:
            gold: The gold label, a sequence of one item.
            predicted: The predicted label, a sequence of one item.
            probabilities: The probability of each label of the model.
        """
        (true,), (found,) = gold, predicted
        self._pairs[true, found] += 1
        self._confidences.append(probabilities[found])
        self._right.append(true == found)

    @property
    def labels(self) -> dict[str, Tally]:
        """Counts per label that occurs in gold or predictions, in sorted order."""
        return label_tallies(self._pairs)

    @property
    def accuracy(self) -> float:
        """Fraction of texts with the correct label."""
        return sum(self._right) / len(self._right) if self._right else 0.0

    @property
    def confusion(self) -> Confusion:
        """Confusion matrix of gold and predicted labels."""
        return Confusion.from_tags(self._pairs)

    def to_dict(self) -> dict[str, Any]:
        """Return all scores as JSON values under their standard names."""
        labels = self.labels
        return {
            "accuracy": self.accuracy,
            "texts": len(self._right),
            "calibration_error": calibration_error(np.array(self._confidences), np.array(self._right, bool)),
            "macro": macro_average(list(labels.values())),
            "labels": {label: tally.to_dict() for label, tally in labels.items()},
        }
