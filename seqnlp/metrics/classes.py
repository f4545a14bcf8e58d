"""Scores of whole texts' labels."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from seqnlp.metrics.calibration import calibration_error
from seqnlp.metrics.confusion import Confusion, LabelPair
from seqnlp.metrics.tally import Tally, label_tallies, macro_average


class ClassScores:
    """Counts right and wrong labels."""

    def __init__(self) -> None:
        self._pairs: Counter[LabelPair] = Counter()
        self._confidences: list[float] = []
        self._right: list[bool] = []

    def add(self, gold: Sequence[str], predicted: Sequence[str], probabilities: Mapping[str, float]) -> None:
        """Count a text.

        Args:
            gold: Its true label.
            predicted: The predicted one.
            probabilities: Of each label that the model knows.
        """
        (true,), (found,) = gold, predicted
        self._pairs[true, found] += 1
        self._confidences.append(probabilities[found])
        self._right.append(true == found)

    @property
    def labels(self) -> dict[str, Tally]:
        """The tally of each label that gold or prediction has, in sorted order."""
        return label_tallies(self._pairs)

    @property
    def accuracy(self) -> float:
        """The share of texts whose label is right."""
        return sum(self._right) / len(self._right) if self._right else 0.0

    @property
    def confusion(self) -> Confusion:
        """Which label was predicted for which."""
        return Confusion.from_tags(self._pairs)

    def to_dict(self) -> dict[str, Any]:
        """Return all scores in the field's names, ready for JSON."""
        labels = self.labels
        return {
            "accuracy": self.accuracy,
            "texts": len(self._right),
            "calibration_error": calibration_error(np.array(self._confidences), np.array(self._right, bool)),
            "macro": macro_average(list(labels.values())),
            "labels": {label: tally.to_dict() for label, tally in labels.items()},
        }
