"""Log-count ratios: how strongly each word indicates each label."""

import numpy as np
from numpy.typing import NDArray

from seqnlp.data.words import EncodedWords
from seqnlp.text.vocabulary import PADDING, UNKNOWN
from seqnlp.types import Flags, Integers


def log_count_ratios(encoded: EncodedWords, labels: Flags, size: int) -> NDArray[np.float32]:
    """Return the log-count ratio of each word for each label (Wang and Manning 2012, equation 1).

    It is the log of how much more often a word occurs in texts with the label than in other texts. Each text
    counts a word once, and 1 is added to every count.

    Args:
        encoded: The training texts. Their windows must not overlap.
        labels: bool [texts, labels], the labels of each text.
        size: Number of word ids.

    Returns:
        float32 [size, labels], zeros for padding and for the unknown word.
    """
    windows = encoded.windows
    texts = np.repeat(windows.owners, windows.lengths)
    pairs = np.unique(texts.astype(np.int64) * size + encoded.words)
    owners, words = np.divmod(pairs, size)
    totals = np.bincount(words, minlength=size)
    ratios = np.empty((size, labels.shape[1]), np.float32)
    for label, has_label in enumerate(labels.T):
        counts = np.bincount(words[has_label[owners]], minlength=size)
        ratios[:, label] = _log_shares(counts) - _log_shares(totals - counts)
    ratios[[PADDING, UNKNOWN]] = 0
    return ratios


def _log_shares(counts: Integers) -> NDArray[np.float64]:
    smoothed = counts + 1.0
    return np.asarray(np.log(smoothed / smoothed.sum()))
