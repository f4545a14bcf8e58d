"""Scores of texts that may have several labels."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from seqnlp.metrics.calibration import calibration_error
from seqnlp.metrics.confusion import Confusion, LabelPair
from seqnlp.metrics.tally import Tally, label_tallies, macro_average


class LabelSetScores:
    """Counts labels that are found, missed and spurious."""

    def __init__(self) -> None:
        self._pairs: Counter[LabelPair] = Counter()
        self._confidences: list[float] = []
        self._right: list[bool] = []
        self._texts = 0
        self._exact = 0

    def add(self, gold: Sequence[str], predicted: Sequence[str], probabilities: Mapping[str, float]) -> None:
        """Count a text.

        Args:
            gold: Its true labels.
            predicted: The predicted ones.
            probabilities: Of each label that the model knows.
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
        """The tally of each label that gold or prediction has, in sorted order."""
        return label_tallies(self._pairs)

    @property
    def overall(self) -> Tally:
        """All labels together."""
        tallies = self.labels.values()
        return Tally(
            sum(tally.gold for tally in tallies),
            sum(tally.predicted for tally in tallies),
            sum(tally.correct for tally in tallies),
        )

    @property
    def confusion(self) -> Confusion:
        """Which labels were missed or spurious."""
        return Confusion.from_spans(self._pairs)

    def to_dict(self) -> dict[str, Any]:
        """Return all scores in the field's names, ready for JSON.

        `exact` is the share of texts that have all their labels and no other; `calibration_error` is that of
        yes and no to each label.
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
