"""What each word says for each label, by counting."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqnlp.data.words import EncodedWords
from seqnlp.text.vocabulary import PADDING, UNKNOWN


def log_count_ratios(encoded: EncodedWords, labels: NDArray[np.bool_], size: int) -> NDArray[np.float32]:
    """How much oftener a word stands in texts of a label than in others (Wang and Manning 2012, equation 1).

    A text counts a word once, and every word is counted once more than it was seen.

    Args:
        encoded: The training texts; their windows do not overlap.
        labels: [texts, labels], which labels each text has.
        size: How many word ids there are.

    Returns:
        [size, labels], logarithms; zeros for padding and for unknown words.
    """
    windows = encoded.windows
    texts = np.repeat(windows.owners, windows.lengths)
    pairs = np.unique(texts.astype(np.int64) * size + encoded.words)
    owners, words = np.divmod(pairs, size)
    totals = np.bincount(words, minlength=size)
    ratios: NDArray[Any] = np.empty((size, labels.shape[1]), np.float32)
    for label, holders in enumerate(labels.T):
        inside = np.bincount(words[holders[owners]], minlength=size)
        ratios[:, label] = _log_shares(inside) - _log_shares(totals - inside)
    ratios[[PADDING, UNKNOWN]] = 0
    return ratios


def _log_shares(counts: NDArray[np.integer[Any]]) -> NDArray[np.float64]:
    smoothed = counts + 1.0
    return np.asarray(np.log(smoothed / smoothed.sum()))
