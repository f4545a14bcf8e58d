"""From the windows of long texts to whole texts."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqnlp.batching import Windows

Floats = NDArray[np.floating[Any]]


def of_texts(logits: Floats, windows: Windows, count: int) -> Floats:
    """The logits of texts: the mean over their windows, weighted by their words.

    Args:
        logits: [rows, labels], of the windows.
        windows: Which text each row is of, and how long it is.
        count: How many texts there are.

    Returns:
        float64 [count, labels]; zeros for a text without a window.
    """
    weights = windows.lengths.astype(np.float64)
    sums = np.zeros((count, logits.shape[1]))
    np.add.at(sums, windows.owners, logits * weights[:, None])
    words = np.bincount(windows.owners, weights, count)
    return np.asarray(sums / np.maximum(words, 1)[:, None], np.float64)
