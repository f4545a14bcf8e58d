"""Scores for texts that may have several labels."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from seqnlp.metrics.calibration import calibration_error
from seqnlp.metrics.confusion import Confusion, LabelPair
from seqnlp.metrics.tally import Tally, label_tallies, macro_average


class LabelSetScores:
    """Count correct, missed and spurious labels of texts.

    Example:
        >>> scores = LabelSetScores()
        >>> scores.add(["sport"], ["sport", "news"], {"sport": 0.9, "news": 0.6})
        >>> scores.overall.precision
        0.5
    """

    def __init__(self) -> None:
        self._pairs: Counter[LabelPair] = Counter()
        self._confidences: list[float] = []
        self._right: list[bool] = []
        self._texts = 0
        self._exact = 0

    def add(self, gold: Sequence[str], predicted: Sequence[str], probabilities: Mapping[str, float]) -> None:
        """Add one text.

        Args:
            gold: The gold labels.
            predicted: The predicted labels.
            probabilities: The probability of each label of the model.
        """
        true, found = set(gold), set(predicted)
        self._pairs.update((label, label if label in found else None) for label in true)
        self._pairs.update((None, label) for label in found - true)
        self._texts += 1
        self._exact += true == found
        for label, probability in probabilities.items():
            self._confidences.append(max(probability, 1 - probability))
            self._right.append((probability >= 0.5) == (label in true))

    @property
    def labels(self) -> dict[str, Tally]:
        """Counts per label that occurs in gold or predictions, in sorted order."""
        return label_tallies(self._pairs)

    @property
    def overall(self) -> Tally:
        """Counts summed over all labels."""
        tallies = self.labels.values()
        return Tally(
            sum(tally.gold for tally in tallies),
            sum(tally.predicted for tally in tallies),
            sum(tally.correct for tally in tallies),
        )

    @property
    def confusion(self) -> Confusion:
        """Confusion matrix with correct, missed and spurious labels."""
        return Confusion.from_spans(self._pairs)

    def to_dict(self) -> dict[str, Any]:
        """Return all scores as JSON values under their standard names.

        `exact` is the fraction of texts whose predicted labels equal the gold labels. `calibration_error`
        treats every label as a separate yes-or-no decision.
        """
        labels, overall = self.labels, self.overall.to_dict()
        return {
            **{name: overall[name] for name in ("precision", "recall", "f1", "support")},
            "exact": self._exact / self._texts if self._texts else 0.0,
            "texts": self._texts,
            "calibration_error": calibration_error(np.array(self._confidences), np.array(self._right, bool)),
            "macro": macro_average(list(labels.values())),
            "labels": {label: tally.to_dict() for label, tally in labels.items()},
        }
