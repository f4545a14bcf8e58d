"""Decision thresholds."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def best_threshold(probabilities: NDArray[np.floating[Any]], truth: NDArray[np.bool_]) -> tuple[float, float]:
    """Find the threshold with the highest micro-averaged F1 (Lipton et al. 2014).

    Args:
        probabilities: float, any shape, the probability of each positive decision.
        truth: bool, same shape, the gold decisions.

    Returns:
        The threshold, halfway between two neighbouring probabilities, and its F1. Returns 0.5 and 0 if no
        gold decision is positive.

    Example:
        >>> best_threshold(np.array([0.75, 0.25]), np.array([True, False]))
        (0.5, 1.0)
    """
    order = np.argsort(-probabilities, axis=None, kind="stable")
    falling, hits = probabilities.ravel()[order], truth.ravel()[order]
    if not hits.any():
        return 0.5, 0.0
    predicted = np.arange(1, len(hits) + 1)
    f1 = 2 * np.cumsum(hits) / (predicted + hits.sum())
    f1[:-1][falling[:-1] == falling[1:]] = 0  # no threshold separates equal probabilities
    following = np.append(falling[1:], 0.0)
    best = int(f1.argmax())
    return float((falling[best] + following[best]) / 2), float(f1[best])
