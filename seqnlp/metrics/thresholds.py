"""The threshold that parts yes from no best."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def best_threshold(probabilities: NDArray[np.floating[Any]], truth: NDArray[np.bool_]) -> tuple[float, float]:
    """Find the threshold with the highest F1 over all decisions together (Lipton et al. 2014).

    Args:
        probabilities: Of any shape.
        truth: What is true, of the same shape.

    Returns:
        The threshold, halfway between two probabilities that were seen, and its F1; 0.5 and 0 where nothing
        is true.
    """
    order = np.argsort(-probabilities, axis=None, kind="stable")
    falling, hits = probabilities.ravel()[order], truth.ravel()[order]
    if not hits.any():
        return 0.5, 0.0
    predicted = np.arange(1, len(hits) + 1)
    f1 = 2 * np.cumsum(hits) / (predicted + hits.sum())
    f1[:-1][falling[:-1] == falling[1:]] = 0  # no threshold parts what is equal
    following = np.append(falling[1:], 0.0)
    best = int(f1.argmax())
    return float((falling[best] + following[best]) / 2), float(f1[best])
