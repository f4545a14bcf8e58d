"""Calibration of probabilities."""

import numpy as np

from seqnlp.tasks.classification.decision import LabelDecision
from seqnlp.types import Flags, Floats

_TEMPERATURES = np.geomspace(0.1, 10, 461)  # neighbours differ by 1 %


def fit_temperature(logits: Floats, labels: Flags, decision: LabelDecision) -> float:
    """Return the temperature that minimises the loss of the gold labels (Guo et al. 2017, section 4.2).

    Logits are divided by the temperature. This does not change the order of the labels.

    Args:
        logits: float [texts, labels].
        labels: bool [texts, labels], the gold labels.
        decision: Computes the loss.

    Returns:
        The temperature, from 0.1 to 10; 1 if no text has a label.

    Example:
        >>> from seqnlp.tasks.classification.decision import SingleLabel
        >>> logits, labels = np.array([[1.0, -1.0]]), np.array([[True, False]])
        >>> fit_temperature(logits, labels, SingleLabel())
        0.1
    """
    if not labels.any():
        return 1.0
    losses = [decision.loss(logits / each, labels) for each in _TEMPERATURES]
    return float(_TEMPERATURES[int(np.argmin(losses))])
