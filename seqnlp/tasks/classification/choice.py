"""How labels are chosen by their scores: one of them, or each by itself."""

from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from seqnlp.metrics.thresholds import best_threshold

Floats = NDArray[np.floating[Any]]
Flags = NDArray[np.bool_]


class Choice(Protocol):
    """What becomes of the scores of labels.

    Logits and probabilities are [texts, labels], and so are the labels that texts have, as flags.
    """

    metric: ClassVar[str]
    """The score that decides between epochs."""

    def probabilities(self, logits: Floats) -> Floats:
        """The probability of each label."""

    def chosen(self, probabilities: Floats) -> Flags:
        """The labels that a text gets."""

    def loss(self, logits: Floats, labels: Flags) -> float:
        """The mean of -log p of what texts have; a text of which nothing is known does not count."""

    def scores(self, logits: Floats, labels: Flags) -> dict[str, float]:
        """The metric and the loss."""


@dataclass(frozen=True)
class OneLabel:
    """Each text has one label, the most probable."""

    metric: ClassVar[str] = "accuracy"

    def probabilities(self, logits: Floats) -> Floats:
        """The softmax."""
        powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=-1, keepdims=True))

    def chosen(self, probabilities: Floats) -> Flags:
        """The most probable label."""
        return np.asarray(np.arange(probabilities.shape[-1]) == probabilities.argmax(axis=-1)[:, None])

    def loss(self, logits: Floats, labels: Flags) -> float:
        """The cross entropy; a text with a label that training never saw does not count."""
        known = labels.any(axis=-1)
        if not known.any():
            return 0.0
        highest = logits.max(axis=-1, keepdims=True)
        totals = np.log(np.exp(logits - highest).sum(axis=-1, keepdims=True)) + highest
        return float(np.mean((totals - logits)[labels]))

    def scores(self, logits: Floats, labels: Flags) -> dict[str, float]:
        """The share of texts whose label is right, and the loss."""
        right = np.take_along_axis(labels, logits.argmax(axis=-1)[:, None], axis=-1)
        return {"accuracy": float(np.mean(right)), "loss": self.loss(logits, labels)}


@dataclass(frozen=True)
class SeveralLabels:
    """Each text has those labels whose probability reaches a threshold; it may be none.

    Attributes:
        threshold: From 0 to 1.
    """

    metric: ClassVar[str] = "f1"

    threshold: float

    def probabilities(self, logits: Floats) -> Floats:
        """The logistic function."""
        return np.asarray(1 / (1 + np.exp(-np.clip(logits, -500, 500))))

    def chosen(self, probabilities: Floats) -> Flags:
        """All labels at the threshold or above."""
        return np.asarray(probabilities >= self.threshold)

    def loss(self, logits: Floats, labels: Flags) -> float:
        """The binary cross entropy, summed over labels."""
        return float(np.mean(np.logaddexp(0, np.where(labels, -logits, logits)).sum(axis=-1)))

    def scores(self, logits: Floats, labels: Flags) -> dict[str, float]:
        """F1 over all labels at the threshold that is best for it, and the loss."""
        _, f1 = best_threshold(self.probabilities(logits), labels)
        return {"f1": f1, "loss": self.loss(logits, labels)}
