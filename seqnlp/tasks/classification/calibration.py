"""Probabilities that mean what they say."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqnlp.tasks.classification.choice import Choice

Floats = NDArray[np.floating[Any]]

_TEMPERATURES = np.geomspace(0.1, 10, 461)  # one per cent apart


def temperature(logits: Floats, labels: NDArray[np.bool_], choice: Choice) -> float:
    """The number by which logits are divided so that probabilities fit best (Guo et al. 2017, section 4.2).

    It changes no order of labels.

    Args:
        logits: [texts, labels].
        labels: [texts, labels], those that texts have.
        choice: What makes probabilities of logits.

    Returns:
        From 0.1 to 10; 1 where no text has a label.
    """
    if not labels.any():
        return 1.0
    losses = [choice.loss(logits / each, labels) for each in _TEMPERATURES]
    return float(_TEMPERATURES[int(np.argmin(losses))])
