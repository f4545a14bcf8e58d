"""Join the outputs for the windows of long texts to outputs for whole texts."""

import numpy as np

from seqnlp.data.batching import Windows
from seqnlp.types import Floats


def join_logits(logits: Floats, windows: Windows, count: int) -> Floats:
    """Return the mean logits of the windows of each text, weighted by their number of words.

    Args:
        logits: float [rows, labels], the logits of the windows.
        windows: The windows.
        count: Number of texts.

    Returns:
        float64 [count, labels], zeros for a text without a window.
    """
    sums = np.zeros((count, logits.shape[1]))
    np.add.at(sums, windows.owners, logits * _shares(windows)[:, None])
    return sums


def join_attention(attention: Floats, windows: Windows) -> Floats:
    """Return the weight of each word in its text: its weight in its window times the window's share of words.

    Logits are linear in the pooled states. Therefore these weights, applied to the states of all windows,
    give the result of `join_logits`.

    Args:
        attention: float [tokens], the weights in the windows.
        windows: The windows. They must not overlap.

    Returns:
        float64 [tokens]. The weights of a text sum to 1.
    """
    return np.asarray(attention * np.repeat(_shares(windows), windows.lengths))


def _shares(windows: Windows) -> Floats:
    """Return the fraction of the words of its text that each window contains."""
    words = np.bincount(windows.owners, windows.lengths)
    return np.asarray(windows.lengths / words[windows.owners])
