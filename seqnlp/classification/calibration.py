"""Probabilities that mean what they say."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
Integers = NDArray[np.integer[Any]]

_TEMPERATURES = np.geomspace(0.1, 10, 461)  # one per cent apart


def temperature(logits: Floats, labels: Integers) -> float:
    """The number by which logits are divided so that their softmax fits best (Guo et al. 2017, section 4.2).

    It changes no decision.

    Args:
        logits: [texts, labels].
        labels: int [texts]; a text whose label is unknown (-1) does not count.

    Returns:
        From 0.1 to 10; 1 where no label is known.
    """
    known = labels >= 0
    if not known.any():
        return 1.0
    losses = [negative_log_likelihood(logits[known] / each, labels[known]) for each in _TEMPERATURES]
    return float(_TEMPERATURES[int(np.argmin(losses))])


def negative_log_likelihood(logits: Floats, labels: Integers) -> float:
    """The mean of -log p of the true labels."""
    highest = logits.max(axis=-1, keepdims=True)
    totals = np.log(np.exp(logits - highest).sum(axis=-1)) + highest[:, 0]
    return float(np.mean(totals - logits[np.arange(len(labels)), labels]))
