"""Expected calibration error: the gap between confidence and accuracy."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

BINS = 15


def calibration_error(confidences: NDArray[np.floating[Any]], right: NDArray[np.bool_]) -> float:
    """Return the expected calibration error (Guo et al. 2017, equation 3), with bins of equal width.

    Args:
        confidences: float [items], the probability of each predicted label, from 0 to 1.
        right: bool [items], whether each prediction is correct.

    Returns:
        The mean absolute difference between confidence and accuracy, from 0 to 1. Each bin is weighted by its
        number of items. 0 if there are no items.

    Example:
        >>> calibration_error(np.array([0.75, 0.75]), np.array([True, False]))
        0.25
    """
    if not len(right):
        return 0.0
    place = np.minimum((confidences * BINS).astype(np.int64), BINS - 1)
    gaps = np.bincount(place, confidences - right, BINS)
    return float(np.abs(gaps).sum() / len(right))
