"""Class weights for training on labels of unequal frequency."""

import numpy as np
from numpy.typing import NDArray

from seqnlp.types import Flags


def balance_classes(labels: Flags, multi_label: bool) -> NDArray[np.float64]:
    """Return weights with which all labels have the same influence on the loss.

    Args:
        labels: bool [texts, labels], the labels of the training texts. A label that does not occur, because
            only another run had it, gets the weight 1.
        multi_label: Whether a text may have any number of labels. If so, a weight is that of texts with the
            label, relative to texts without it.

    Returns:
        float64 [labels].

    Example:
        >>> balance_classes(np.array([[True, False], [True, False], [False, True]]), multi_label=False)
        array([0.75, 1.5 ])
    """
    counts = labels.sum(axis=0)
    present = counts > 0
    if multi_label:
        weights = np.maximum(len(labels) - counts, 1) / np.maximum(counts, 1)
    else:
        weights = len(labels) / (present.sum() * np.maximum(counts, 1))
    return np.asarray(np.where(present, weights, 1.0), np.float64)
