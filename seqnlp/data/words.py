"""Encode words as arrays, for training and prediction in all word-based tasks."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from seqnlp.data.batching import Batch, Windows, pad_rows
from seqnlp.data.codec import Codec
from seqnlp.data.spec import read_count, read_flag
from seqnlp.text.vocabulary import PADDING, Vocabulary, WordForm
from seqnlp.types import Array, Arrays, Ids, Integers, JsonObject

if TYPE_CHECKING:
    from seqnlp.data.language_codec import LanguageCodec
    from seqnlp.data.language_words import EncodedLanguage, LanguageFeatures


@dataclass(frozen=True)
class EncodedWords:
    """Encoded sentences, with all tokens concatenated.

    Attributes:
        words: int32 [tokens], word ids.
        spellings: int32 [tokens]. Values below `cached_words` are rows of the model's table of character
            vectors. Other values are `cached_words` plus a row of `characters`.
        characters: int32 [distinct, width], character ids of the other distinct words, 0 in the padding.
        windows: How the tokens are cut into rows.
        cached_words: Number of words with precomputed character vectors.
        uses_characters: Whether the network uses `spellings` and `characters`. Otherwise they are ignored.
        tags: int32 [tokens], the tag ids of the tokens, or None if there are no tags.
        language: The rows as tokens of a language model whose states are features, or these states; None
            without a language model.
    """

    words: Ids
    spellings: Ids
    characters: Ids
    windows: Windows
    cached_words: int = 0
    uses_characters: bool = True
    tags: Ids | None = None
    language: "EncodedLanguage | LanguageFeatures | None" = None

    @property
    def lengths(self) -> Integers:
        """The number of words of each row."""
        return self.windows.lengths

    @property
    def tokens(self) -> int:
        """The number of words of all sentences."""
        return len(self.words)

    def to_arrays(self) -> Arrays:
        """Return the arrays by name, for `from_arrays`. `cached_words` must be 0, as in training.

        States of a language model are left out.
        """
        fields = {"words": self.words, "spellings": self.spellings, "characters": self.characters}
        tags = {} if self.tags is None else {"tags": self.tags}
        language = {} if self.language is None else self.language.to_arrays()
        return {**fields, **tags, **language, "windows": self.windows.table}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Array]) -> "EncodedWords":
        """Restore the sentences from the result of `to_arrays`. Other arrays are ignored.

        Raises:
            KeyError: An array is missing.
        """
        from seqnlp.data.language_words import EncodedLanguage

        return cls(
            words=arrays["words"],
            spellings=arrays["spellings"],
            characters=arrays["characters"],
            windows=Windows.from_table(np.asarray(arrays["windows"])),
            tags=arrays.get("tags"),
            language=EncodedLanguage.from_arrays(arrays),
        )

    def batch(self, batch: Batch) -> Arrays:
        """Return the network inputs for the rows of a batch.

        Returns:
            `words` [rows, time] and `lengths` [rows]. If `uses_characters`, also `spellings` [rows, time] and
            `characters` [distinct words in the batch, width]. If known, also `tags` [rows, time]. All int32.
            With a language model, also the result of `EncodedLanguage.batch` or `LanguageFeatures.batch`.
        """
        starts, lengths = self.windows.starts, self.windows.lengths
        arrays = {
            "words": pad_rows(self.words, starts, lengths, batch),
            "lengths": np.zeros(batch.count, np.int32),
        }
        arrays["lengths"][: len(batch.rows)] = lengths[batch.rows]
        if self.uses_characters:
            spellings = pad_rows(self.spellings, starts, lengths, batch)
            fewer = len(batch.rows) < len(lengths)
            characters = self._select_characters(spellings, lengths[batch.rows]) if fewer else self.characters
            arrays |= {"spellings": spellings, "characters": characters}
        if self.language is not None:
            arrays |= self.language.batch(batch)
        if self.tags is not None:
            arrays["tags"] = pad_rows(self.tags, starts, lengths, batch)
        return arrays

    def _select_characters(self, spellings: Ids, lengths: Integers) -> Ids:
        """Return the characters of the words in a batch, and renumber `spellings` in place to match."""
        present = np.arange(spellings.shape[1]) < lengths[:, None]
        distinct, numbers = np.unique(spellings[: len(lengths)][present], return_inverse=True)
        known = int(np.searchsorted(distinct, self.cached_words))
        rows = np.concatenate([distinct[:known], np.arange(len(distinct) - known) + self.cached_words])
        spellings[: len(lengths)][present] = rows[numbers]
        # At least one row, because the graph does not accept an empty array.
        fresh = distinct[known:] - self.cached_words if known < len(distinct) else np.zeros(1, np.int32)
        characters = self.characters[fresh]
        width = int(np.flatnonzero(characters.any(axis=0)).max(initial=0)) + 1
        return np.ascontiguousarray(characters[:, :width])


@dataclass(frozen=True, kw_only=True)
class WordCodec(Codec):
    """Encodes sentences of words as arrays. It is learned from the training data and stored in model files.

    Attributes:
        words: The word vocabulary, which contains word forms.
        form: Normalisation of a word before lookup.
        characters: The character vocabulary, learned from words without normalisation.
        max_length: Sentences with more words than this are cut into windows.
        context: Number of words that neighbouring windows share on each side in prediction.
        max_word_length: Maximum number of characters per word. Longer words keep their first and last
            `max_word_length / 2` characters.
        tokenizer: The spec of the tokenizer that cuts raw text.
        frequent: Words that occur more than once in the training data, most frequent first.
        caches_characters: Whether the network has a table with the character vectors of the `frequent` words,
            and computes only those of other words.
        uses_characters: Whether the network reads characters.
        language: The codec of the language model whose states the network reads; None without one.
    """

    words: Vocabulary
    form: WordForm
    characters: Vocabulary
    max_length: int = 160
    context: int = 32
    max_word_length: int = 32
    tokenizer: JsonObject = field(default_factory=lambda: {"name": "words"})
    frequent: tuple[str, ...] = ()
    caches_characters: bool = False
    uses_characters: bool = True
    language: "LanguageCodec | None" = None

    def __post_init__(self) -> None:
        if not 0 <= 2 * self.context < self.max_length:
            raise ValueError(f"windows of {self.max_length} words cannot share {self.context} on each side")
        if self.max_word_length < 2:
            raise ValueError(f"max_word_length must be at least 2, not {self.max_word_length}")

    @staticmethod
    def learn_vocabularies(
        counts: Mapping[str, int],
        form: WordForm,
        min_words: int = 1,
        max_words: int | None = None,
        min_characters: int = 1,
    ) -> dict[str, Any]:
        """Return the constructor fields that are learned from the training words.

        Args:
            counts: The count of each training word, without normalisation.
            form: Normalisation of words before lookup.
            min_words: Minimum count of a known word.
            max_words: Maximum number of known words.
            min_characters: Minimum count of a known character.
        """
        words: Counter[str] = Counter()
        characters: Counter[str] = Counter()
        for word, count in counts.items():
            words[form(word)] += count
            for character in word:
                characters[character] += count
        return {
            "words": Vocabulary.learn(words, min_words, max_words),
            "form": form,
            "characters": Vocabulary.learn(characters, min_characters),
            "frequent": Vocabulary.learn(counts, min_count=2).entries,
        }

    def extended_vocabularies(self, learned: "WordCodec", max_words: int | None = None) -> dict[str, Any]:
        """Return the fields `words`, `characters` and `frequent`, extended by those of another codec.

        Args:
            learned: A codec that was learned from new data with the same `form`.
            max_words: Maximum number of known words. Words of this codec are never removed.
        """
        return {
            "words": self.words.extend(learned.words.entries, max_words),
            "characters": self.characters.extend(learned.characters.entries),
            "frequent": tuple(dict.fromkeys((*self.frequent, *learned.frequent))),
        }

    @cached_property
    def _cache(self) -> tuple[dict[str, int], Ids]:
        """The row of each cached word, and the word ids of these rows, plus one id for other words."""
        cached = self.frequent if self.caches_characters else ()
        return {word: row for row, word in enumerate(cached)}, self._word_ids((*cached, ""))

    def encode(self, sentences: Sequence[Sequence[str]], *, context: int | None = None) -> EncodedWords:
        """Encode sentences.

        Args:
            sentences: The words of each sentence.
            context: Overrides `context` of the codec. Training uses 0.

        Returns:
            The encoded sentences, without tags.
        """
        windows = Windows.from_lengths(
            [len(sentence) for sentence in sentences],
            self.max_length,
            self.context if context is None else context,
        )
        return self.encode_words(list(chain.from_iterable(sentences)), windows)

    def encode_words(self, words: Sequence[str], windows: Windows) -> EncodedWords:
        """Encode the words of all sentences, which are cut into these windows."""
        language = self._encode_language(words, windows)
        if not self.uses_characters:
            ids = self.look_up(words)
            none = np.zeros((1, 1), np.int32)
            return EncodedWords(ids, ids, none, windows, uses_characters=False, language=language)
        cached, cached_ids = self._cache
        fresh: dict[str, int] = {}
        spellings = np.array(
            [
                cached[word] if word in cached else len(cached) + fresh.setdefault(word, len(fresh))
                for word in words
            ],
            np.int32,
        )
        ids = cached_ids.take(spellings, mode="clip")
        if fresh:
            others = spellings >= len(cached)
            ids[others] = self._word_ids(fresh)[spellings[others] - len(cached)]
        return EncodedWords(
            words=ids,
            spellings=spellings,
            characters=self.encode_characters(list(fresh)),
            windows=windows,
            cached_words=len(cached),
            language=language,
        )

    def _encode_language(self, words: Sequence[str], windows: Windows) -> "EncodedLanguage | None":
        """Return the words of each window as tokens of the language model, if there is one."""
        if self.language is None:
            return None
        from seqnlp.data.language_words import encode_language

        bounds = zip(windows.starts.tolist(), windows.lengths.tolist(), strict=True)
        return encode_language(self.language, (words[start : start + length] for start, length in bounds))

    @cached_property
    def _frequent_ids(self) -> dict[str, int]:
        """The word ids of the frequent words."""
        return dict(zip(self.frequent, self._word_ids(self.frequent).tolist(), strict=True))

    def look_up(self, words: Sequence[str]) -> Ids:
        """Return the ids of words, with a fast path for frequent ones."""
        known = self._frequent_ids
        ids = np.array([known.get(word, -1) for word in words], np.int32)
        others = np.flatnonzero(ids < 0)
        ids[others] = self._word_ids([words[place] for place in others.tolist()])
        return ids

    def _word_ids(self, words: Iterable[str]) -> Ids:
        return np.array(self.words.ids(map(self.form, words)), np.int32)

    def encode_characters(self, words: Sequence[str]) -> Ids:
        """Return the character ids of words, int32 [max(1, words), length of the longest word]."""
        if not words:
            return np.full((1, 1), PADDING, np.int32)
        limit, half = self.max_word_length, self.max_word_length // 2
        short = (word if len(word) <= limit else word[:half] + word[-half:] for word in words)
        ids = [self.characters.ids(word) for word in short]
        width = max(1, *map(len, ids))
        return np.array([row + [PADDING] * (width - len(row)) for row in ids], np.int32)

    def summary(self) -> JsonObject:
        """Return a short summary of the codec as JSON values."""
        language = {} if self.language is None else {"language_model": self.language.summary()}
        return {
            "tokenizer": self.tokenizer["name"],
            "words": len(self.words),
            "characters": len(self.characters),
            "max_length": self.max_length,
            **language,
        }

    def to_spec(self) -> JsonObject:
        """Return the codec as JSON values."""
        return {
            "words": self.words.to_spec(),
            "form": {"lower": self.form.lower, "digits": self.form.digits},
            "characters": self.characters.to_spec(),
            "max_length": self.max_length,
            "context": self.context,
            "max_word_length": self.max_word_length,
            "tokenizer": dict(self.tokenizer),
            "frequent": Vocabulary(self.frequent, closed=True).to_spec(),
            "caches_characters": self.caches_characters,
            "uses_characters": self.uses_characters,
            "language": None if self.language is None else self.language.to_spec(),
        }

    @classmethod
    def from_spec(cls, spec: JsonObject) -> Self:
        """Restore a codec from the result of `to_spec`.

        Raises:
            KeyError, TypeError, ValueError, ModelFileError: The spec was not written by `to_spec`.
        """
        return cls(**cls.fields_from_spec(spec))

    @staticmethod
    def fields_from_spec(spec: JsonObject) -> dict[str, Any]:
        """Return the constructor fields from the result of `to_spec`.

        Raises:
            KeyError, TypeError, ValueError, ModelFileError: The spec was not written by `to_spec`.
        """
        return {
            "language": _read_language(spec.get("language")),
            "words": Vocabulary.from_spec(spec["words"], closed=False),
            "form": WordForm(**{name: read_flag(spec["form"], name) for name in spec["form"]}),
            "characters": Vocabulary.from_spec(spec["characters"], closed=False),
            "max_length": read_count(spec, "max_length"),
            "context": read_count(spec, "context"),
            "max_word_length": read_count(spec, "max_word_length"),
            "tokenizer": dict(spec["tokenizer"]),
            "frequent": Vocabulary.from_spec(spec["frequent"], closed=True).entries,
            "caches_characters": read_flag(spec, "caches_characters"),
            "uses_characters": read_flag(spec, "uses_characters"),
        }


def _read_language(spec: JsonObject | None) -> "LanguageCodec | None":
    """Restore the codec of a language model, if there is one."""
    if spec is None:
        return None
    from seqnlp.data.language_codec import LanguageCodec

    return LanguageCodec.from_spec(spec)
