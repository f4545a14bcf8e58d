"""Words that training takes for unknown, so that the embedding of unknown words is trained."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqnlp.text.vocabulary import UNKNOWN


def unknown_rates(words: NDArray[np.integer[Any]], word_dropout: float) -> NDArray[np.float64]:
    """How often each word is taken for unknown: the rarer the more often (Kiperwasser and Goldberg 2016).

    Args:
        words: The ids of all training words.
        word_dropout: `a` in the probability a / (a + count) of a word seen `count` times.

    Returns:
        The probability of each id.
    """
    counts = np.bincount(words)
    return np.asarray(word_dropout / np.maximum(word_dropout + counts, 1), np.float64)


def with_unknown(
    words: NDArray[np.int32], rates: NDArray[np.float64], random: np.random.Generator
) -> NDArray[np.int32]:
    """Take words of a batch for unknown at random, by the rates of their ids."""
    return np.where(random.random(words.shape) < rates[words], np.int32(UNKNOWN), words)
