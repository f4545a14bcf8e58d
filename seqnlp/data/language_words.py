"""Words as the tokens of a language model, whose states become features of the words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

from seqnlp.data.batching import Batch, Windows, pad_rows
from seqnlp.data.language_codec import END, LanguageCodec
from seqnlp.types import Array, Arrays, Ids, Integers

PLACES = {"forward": "tokens_after", "backward": "tokens_before"}
"""For each direction, the name of the array with the places of the states of words."""


@dataclass(frozen=True)
class EncodedLanguage:
    """Rows of words as the tokens of a language model, all rows concatenated.

    Attributes:
        tokens: int32 [tokens], the ids of the tokens of all rows, each row between two end symbols.
        lengths: int64 [rows], the number of tokens of each row.
        words: int64 [rows], the number of words of each row.
        places: int32 arrays [words of all rows]: for each word, the place in its row of the token whose state
            belongs to it. `tokens_after` is for the forward direction, `tokens_before` for the backward one.
    """

    tokens: Ids
    lengths: Integers
    words: Integers
    places: Mapping[str, Ids]

    @cached_property
    def _starts(self) -> Integers:
        return np.cumsum(self.lengths) - self.lengths

    @cached_property
    def _word_starts(self) -> Integers:
        return np.cumsum(self.words) - self.words

    def batch(self, batch: Batch) -> Arrays:
        """Return the inputs of a batch of rows, all int32.

        Returns:
            `tokens` [rows, tokens], padded to the longest row; `token_lengths` [rows]; and the `places`,
            [rows, words].
        """
        longest = int(self.lengths[batch.rows].max(initial=1))
        arrays: Arrays = {
            "tokens": pad_rows(
                self.tokens, self._starts, self.lengths, Batch(batch.rows, batch.count, longest)
            ),
            "token_lengths": np.zeros(batch.count, np.int32),
        }
        arrays["token_lengths"][: len(batch.rows)] = self.lengths[batch.rows]
        for name, places in self.places.items():
            arrays[name] = pad_rows(places, self._word_starts, self.words, batch)
        return arrays

    def to_arrays(self) -> Arrays:
        """Return all arrays by name."""
        return {
            "language.tokens": self.tokens,
            "language.lengths": self.lengths,
            "language.words": self.words,
            **{f"language.{name}": places for name, places in self.places.items()},
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Array]) -> Self | None:
        """Restore the rows from the result of `to_arrays`; None if the arrays contain no tokens."""
        if "language.tokens" not in arrays:
            return None
        lengths, words = (np.asarray(arrays[f"language.{name}"]) for name in ("lengths", "words"))
        names = [name for name in PLACES.values() if f"language.{name}" in arrays]
        places = {name: arrays[f"language.{name}"] for name in names}
        return cls(arrays["language.tokens"], lengths, words, places)


@dataclass(frozen=True)
class LanguageFeatures:
    """The states of a language model for rows of words, computed once.

    Attributes:
        states: float16 [words of all rows, size], the states of each word.
        words: int64 [rows], the number of words of each row.
    """

    states: Array
    words: Integers

    @cached_property
    def _word_starts(self) -> Integers:
        return np.cumsum(self.words) - self.words

    def batch(self, batch: Batch) -> Arrays:
        """Return `language_states` of a batch of rows, float32 [rows, words, size], 0 in the padding."""
        found = np.zeros((batch.count, batch.length, self.states.shape[1]), np.float32)
        for place, row in enumerate(batch.rows.tolist()):
            start, count = self._word_starts[row], self.words[row]
            found[place, :count] = self.states[start : start + count]
        return {"language_states": found}

    def to_arrays(self) -> Arrays:
        """Return nothing: prepared corpora contain tokens, not states."""
        return {}


def count_tokens(codec: LanguageCodec, words: Sequence[str], windows: Windows) -> Integers:
    """Return about how many tokens of a language model each window of words has, without encoding them.

    Args:
        codec: The codec of the language model.
        words: The words of all sentences.
        windows: How they are cut into rows.
    """
    ends = np.concatenate([[0], np.cumsum(codec.unit.estimate_lengths(words), dtype=np.int64)])
    return np.asarray(ends[windows.starts + windows.lengths] - ends[windows.starts])


def encode_language(codec: LanguageCodec, rows: Iterable[Sequence[str]]) -> EncodedLanguage:
    """Encode rows of words, such as sentences, as the tokens of a language model.

    The words of a row are joined by single spaces. The forward state of a word of a character model is the
    one after the character behind the word, the backward state the one after the character before it (Akbik
    et al. 2018); at the ends of a row, this is the end symbol. In models with other units, the states after
    the last token of the word and after its first token are used (see `TokenUnit.encode_word`).

    Args:
        codec: The codec of the language model.
        rows: The words of each row.

    Example:
        >>> codec = LanguageCodec.learn(["to be or not to be"], unit="characters")
        >>> encoded = encode_language(codec, [["to", "be"]])
        >>> len(encoded.tokens), encoded.places["tokens_after"].tolist()  # END, t, o, space, b, e, END
        (7, [3, 6])
    """
    tokens: list[int] = []
    lengths, words = [], []
    places: dict[str, list[int]] = {"forward": [], "backward": []}
    for row in rows:
        first = len(tokens)
        tokens.append(END)
        for number, word in enumerate(row):
            ids, backward, forward = codec.encode_word(word, first=not number)
            start = len(tokens) - first
            tokens += ids
            places["forward"].append(start + forward)
            places["backward"].append(start + backward)
        tokens.append(END)
        lengths.append(len(tokens) - first)
        words.append(len(row))
    kept = {PLACES[direction]: np.array(places[direction], np.int32) for direction in codec.directions}
    return EncodedLanguage(
        np.array(tokens, np.int32), np.array(lengths, np.int64), np.array(words, np.int64), kept
    )
