"""Decision rules, which convert logits to labels: one per text, or any number."""

from dataclasses import dataclass
from typing import ClassVar, Protocol

import numpy as np

from seqnlp.metrics.thresholds import best_threshold
from seqnlp.serving.softmax import softmax
from seqnlp.types import Flags, Floats


class LabelDecision(Protocol):
    """The rule by which a classifier decides on labels.

    In all methods, `logits` and `probabilities` are float [texts, labels], and `labels` is bool
    [texts, labels], the gold labels.
    """

    metric: ClassVar[str]
    """Name of the score that selects the best epoch."""

    def probabilities(self, logits: Floats) -> Floats:
        """Return the probability of each label."""

    def decide(self, probabilities: Floats) -> Flags:
        """Return the labels of each text, bool [texts, labels]."""

    def loss(self, logits: Floats, labels: Flags) -> float:
        """Return the mean negative log-likelihood of the gold labels."""

    def scores(self, logits: Floats, labels: Flags) -> dict[str, float]:
        """Return the metric and the loss."""


@dataclass(frozen=True)
class SingleLabel:
    """Each text has exactly one label: the most probable one."""

    metric: ClassVar[str] = "accuracy"

    def probabilities(self, logits: Floats) -> Floats:
        """Return the softmax."""
        return softmax(logits)

    def decide(self, probabilities: Floats) -> Flags:
        """Return the most probable label of each text."""
        return np.asarray(np.arange(probabilities.shape[-1]) == probabilities.argmax(axis=-1)[:, None])

    def loss(self, logits: Floats, labels: Flags) -> float:
        """Return the cross-entropy. Texts with a label that is missing from the training data are ignored."""
        if not labels.any():
            return 0.0
        highest = logits.max(axis=-1, keepdims=True)
        totals = np.log(np.exp(logits - highest).sum(axis=-1, keepdims=True)) + highest
        return float(np.mean((totals - logits)[labels]))

    def scores(self, logits: Floats, labels: Flags) -> dict[str, float]:
        """Return the accuracy and the loss."""
        correct = np.take_along_axis(labels, logits.argmax(axis=-1)[:, None], axis=-1)
        return {"accuracy": float(np.mean(correct)), "loss": self.loss(logits, labels)}


@dataclass(frozen=True)
class MultiLabel:
    """Each text has all labels whose probability reaches a threshold, possibly none.

    Attributes:
        threshold: The threshold, from 0 to 1.
    """

    metric: ClassVar[str] = "f1"

    threshold: float

    def probabilities(self, logits: Floats) -> Floats:
        """Return the logistic function."""
        return np.asarray(1 / (1 + np.exp(-np.clip(logits, -500, 500))))

    def decide(self, probabilities: Floats) -> Flags:
        """Return the labels at or above the threshold."""
        return np.asarray(probabilities >= self.threshold)

    def loss(self, logits: Floats, labels: Flags) -> float:
        """Return the binary cross-entropy, summed over the labels of a text."""
        return float(np.mean(np.logaddexp(0, np.where(labels, -logits, logits)).sum(axis=-1)))

    def scores(self, logits: Floats, labels: Flags) -> dict[str, float]:
        """Return the micro-averaged F1 at its best threshold, and the loss."""
        _, f1 = best_threshold(self.probabilities(logits), labels)
        return {"f1": f1, "loss": self.loss(logits, labels)}
