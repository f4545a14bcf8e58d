"""How far a model's confidence is from how often it is right."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

BINS = 15


def calibration_error(confidences: NDArray[np.floating[Any]], right: NDArray[np.bool_]) -> float:
    """The expected calibration error (Guo et al. 2017, equation 3), over bins of equal width.

    Args:
        confidences: [items], the probability of what was predicted.
        right: [items], whether it is true.

    Returns:
        The mean difference of confidence and accuracy, from 0 to 1, weighted by the items of a bin.
    """
    if not len(right):
        return 0.0
    place = np.minimum((confidences * BINS).astype(np.int64), BINS - 1)
    gaps = np.bincount(place, confidences - right, BINS)
    return float(np.abs(gaps).sum() / len(right))
