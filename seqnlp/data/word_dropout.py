"""Word dropout: replace words by the unknown word in training, so that its embedding is trained."""

import numpy as np
from numpy.typing import NDArray

from seqnlp.text.vocabulary import UNKNOWN
from seqnlp.types import Ids, Integers


def unknown_rates(words: Integers, word_dropout: float) -> NDArray[np.float64]:
    """Return the dropout rate of each word, which is higher for rare words (Kiperwasser and Goldberg 2016).

    Args:
        words: int [tokens], the ids of all training words.
        word_dropout: `a` in the probability a / (a + count) for a word with `count` occurrences.

    Returns:
        float64 [ids], the probability for each word id.

    Example:
        >>> float(unknown_rates(np.array([2, 2, 2]), word_dropout=1.0)[2])
        0.25
    """
    counts = np.bincount(words)
    return np.asarray(word_dropout / np.maximum(word_dropout + counts, 1), np.float64)


def drop_words(words: Ids, rates: NDArray[np.float64], random: "np.random.Generator") -> Ids:
    """Replace random words of a batch by the unknown word, with the rates of `unknown_rates`."""
    return np.where(random.random(words.shape) < rates[words], np.int32(UNKNOWN), words)
