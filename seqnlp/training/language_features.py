"""The states of a frozen language model for a whole corpus, computed once before training."""

from pathlib import Path

import numpy as np

from seqnlp.data.batching import Batch, Buckets
from seqnlp.data.language_words import PLACES, EncodedLanguage, LanguageFeatures
from seqnlp.data.words import EncodedWords
from seqnlp.layers.language_states import LanguageStates, pad_tokens
from seqnlp.types import Array

_POSITIONS = 16384
_BUCKETS = 12


def compute_features(layer: LanguageStates, words: EncodedWords, path: Path) -> LanguageFeatures:
    """Compute the states of all rows and store them in a file, which is memory-mapped.

    Rows with a similar number of tokens form a batch, so that padding is small. Numbers are stored as
    float16: two bytes for each word and unit.

    Args:
        layer: The language model.
        words: The encoded words, which contain the tokens of the language model.
        path: The file to write. An existing file is replaced.
    """
    language = words.language
    assert isinstance(language, EncodedLanguage)
    total = int(language.words.sum())
    states = np.lib.format.open_memmap(path, "w+", np.float16, (max(1, total), layer.config.size))
    starts = np.cumsum(language.words) - language.words
    buckets = Buckets.learn(language.lengths, _POSITIONS, _BUCKETS)
    for batch in buckets.batches(language.lengths):
        found = _compute(layer, language, batch)
        for place, row in enumerate(batch.rows.tolist()):
            start, count = int(starts[row]), int(language.words[row])
            states[start : start + count] = found[:count, place]
    states.flush()
    return LanguageFeatures(states, language.words)


def _compute(layer: LanguageStates, language: EncodedLanguage, batch: Batch) -> Array:
    """Return the states of a batch, [words, rows, size]."""
    count = int(language.words[batch.rows].max(initial=1))
    inputs = language.batch(Batch(batch.rows, batch.count, count))
    names = ["tokens", "token_lengths", *(PLACES[direction] for direction in layer.config.directions)]
    missing = batch.length - inputs["tokens"].shape[1]
    inputs["tokens"] = np.pad(inputs["tokens"], ((0, 0), (0, missing)))
    return np.asarray(layer(pad_tokens({name: inputs[name] for name in names})))
