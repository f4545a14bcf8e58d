"""From the windows of long texts to whole texts."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqnlp.data.batching import Windows

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
    sums = np.zeros((count, logits.shape[1]))
    np.add.at(sums, windows.owners, logits * _shares(windows)[:, None])
    return sums


def attention_of_texts(attention: Floats, windows: Windows) -> Floats:
    """How much each word counts for its text: its weight in its window by the window's share of the words.

    Logits are linear in the pooled states, so that these are the weights by which the states of all windows
    together make the logits that `of_texts` gives.

    Args:
        attention: [tokens], the weights in the windows.
        windows: Which text each row is of, and how long it is; rows share no words.

    Returns:
        float64 [tokens]; a text's sum is 1.
    """
    return np.asarray(attention * np.repeat(_shares(windows), windows.lengths))


def _shares(windows: Windows) -> Floats:
    """The share of its text's words that each row has."""
    words = np.bincount(windows.owners, windows.lengths)
    return np.asarray(windows.lengths / words[windows.owners])
