"""Expected calibration error: the gap between confidence and accuracy."""

import numpy as np

from seqnlp.types import Flags, Floats

BINS = 15


def calibration_error(confidences: Floats, correct: Flags) -> float:
    """Return the expected calibration error (Guo et al. 2017, equation 3), with bins of equal width.

    Args:
        confidences: float [items], the probability of each predicted label, from 0 to 1.
        correct: bool [items], whether each prediction is correct.

    Returns:
        The mean absolute difference between confidence and accuracy, from 0 to 1. Each bin is weighted by its
        number of items. 0 if there are no items, NaN if a confidence is not finite.

    Example:
        >>> calibration_error(np.array([0.75, 0.75]), np.array([True, False]))
        0.25
    """
    if not len(correct):
        return 0.0
    if not np.isfinite(confidences).all():
        return float("nan")
    bins = np.minimum((confidences * BINS).astype(np.int64), BINS - 1)
    gaps = np.bincount(bins, confidences - correct, BINS)
    return float(np.abs(gaps).sum() / len(correct))
