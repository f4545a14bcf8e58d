"""Encode words as arrays, for training and prediction in all word-based tasks."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqnlp.data.batching import Batch, Windows, padded
from seqnlp.text.vocabulary import PADDING, Vocabulary, WordForm

Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Encoded:
    """Encoded sentences, with all tokens concatenated.

    Attributes:
        words: int32 [tokens], word ids.
        spellings: int32 [tokens]. Values below `folded` are rows of the model's table of character vectors.
            Other values are `folded` plus a row of `characters`.
        characters: int32 [distinct, width], character ids of the distinct spellings, 0 in the padding.
        windows: How the tokens are cut into rows.
        folded: Number of words with precomputed character vectors.
        spelled: Whether the network uses `spellings` and `characters`. Otherwise they are ignored.
        tags: int32 [tokens], the tag ids of the tokens, or None if there are no tags.
    """

    words: NDArray[np.int32]
    spellings: NDArray[np.int32]
    characters: NDArray[np.int32]
    windows: Windows
    folded: int = 0
    spelled: bool = True
    tags: NDArray[np.int32] | None = None

    def to_arrays(self) -> Arrays:
        """Return the arrays by name, for `of_arrays`. `folded` must be 0, as in training."""
        fields = {"words": self.words, "spellings": self.spellings, "characters": self.characters}
        tags = {} if self.tags is None else {"tags": self.tags}
        return {**fields, **tags, "windows": self.windows.table}

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> "Encoded":
        """Restore the sentences from the result of `to_arrays`. Other arrays are ignored.

        Raises:
            KeyError: An array is missing.
        """
        return cls(
            words=arrays["words"],
            spellings=arrays["spellings"],
            characters=arrays["characters"],
            windows=Windows.of_table(np.asarray(arrays["windows"])),
            tags=arrays.get("tags"),
        )

    def batch(self, batch: Batch) -> Arrays:
        """Return the network inputs for the rows of a batch.

        Returns:
            `words` [rows, time] and `lengths` [rows]. If `spelled`, also `spellings` [rows, time] and
            `characters` [distinct spellings in the batch, width]. If known, also `tags` [rows, time]. All
            int32.
        """
        starts, lengths = self.windows.starts, self.windows.lengths
        arrays = {
            "words": padded(self.words, starts, lengths, batch),
            "lengths": np.zeros(batch.count, np.int32),
        }
        arrays["lengths"][: len(batch.rows)] = lengths[batch.rows]
        if self.spelled:
            spellings = padded(self.spellings, starts, lengths, batch)
            some = len(batch.rows) < len(lengths)
            characters = self._spelled(spellings, lengths[batch.rows]) if some else self.characters
            arrays |= {"spellings": spellings, "characters": characters}
        if self.tags is not None:
            arrays["tags"] = padded(self.tags, starts, lengths, batch)
        return arrays

    def _spelled(self, spellings: NDArray[np.int32], lengths: NDArray[np.integer[Any]]) -> NDArray[np.int32]:
        """Return the characters of the words in a batch, and renumber `spellings` in place to match."""
        present = np.arange(spellings.shape[1]) < lengths[:, None]
        distinct, numbers = np.unique(spellings[: len(lengths)][present], return_inverse=True)
        known = int(np.searchsorted(distinct, self.folded))
        rows = np.concatenate([distinct[:known], np.arange(len(distinct) - known) + self.folded])
        spellings[: len(lengths)][present] = rows[numbers]
        # At least one row, because the graph does not accept an empty array.
        fresh = distinct[known:] - self.folded if known < len(distinct) else np.zeros(1, np.int32)
        characters = self.characters[fresh]
        width = int(np.flatnonzero(characters.any(axis=0)).max(initial=0)) + 1
        return np.ascontiguousarray(characters[:, :width])


@dataclass(frozen=True, kw_only=True)
class WordCodec:
    """Encode sentences of words as arrays. Learnt on the training sentences and saved in the model file.

    Attributes:
        words: The word vocabulary, which contains word forms.
        form: Normalisation of a word before lookup.
        characters: The character vocabulary, learnt from words without normalisation.
        longest: Sentences with more words than this are cut into windows.
        context: Number of words that neighbouring windows share on each side in prediction.
        width: Maximum number of characters per word. Longer words keep their first and last `width / 2`.
        frequent: Words that occur more than once in the training data, most frequent first.
        folded: Whether the network has a table with the character vectors of the `frequent` words, so that
            only those of other words are computed.
        spelled: Whether the network reads characters.
    """

    words: Vocabulary
    form: WordForm
    characters: Vocabulary
    longest: int = 160
    context: int = 32
    width: int = 32
    frequent: tuple[str, ...] = ()
    folded: bool = False
    spelled: bool = True

    def __post_init__(self) -> None:
        if not 0 <= 2 * self.context < self.longest:
            raise ValueError(f"windows of {self.longest} words cannot share {self.context} on each side")
        if self.width < 2:
            raise ValueError(f"{self.width} characters of a word are too few")

    @staticmethod
    def vocabularies(
        spellings: Counter[str],
        form: WordForm,
        minimum_words: int = 1,
        maximum_words: int | None = None,
        minimum_characters: int = 1,
    ) -> dict[str, Any]:
        """Return the constructor fields that are learnt from the training words.

        Args:
            spellings: The count of each training word, without normalisation.
            form: Normalisation of words before lookup.
            minimum_words: Minimum count of a known word.
            maximum_words: Maximum number of known words.
            minimum_characters: Minimum count of a known character.
        """
        words: Counter[str] = Counter()
        characters: Counter[str] = Counter()
        for spelling, count in spellings.items():
            words[form(spelling)] += count
            for character in spelling:
                characters[character] += count
        return {
            "words": Vocabulary.learn(words, minimum_words, maximum_words),
            "form": form,
            "characters": Vocabulary.learn(characters, minimum_characters),
            "frequent": Vocabulary.learn(spellings, minimum=2).entries,
        }

    @cached_property
    def _known(self) -> tuple[dict[str, int], NDArray[np.int32]]:
        """The row of each folded word, and the word ids of these rows, plus one id for other words."""
        known = self.frequent if self.folded else ()
        return {spelling: row for row, spelling in enumerate(known)}, self._word_ids((*known, ""))

    def encode(
        self,
        sentences: Sequence[Sequence[str]],
        *,
        context: int | None = None,
    ) -> Encoded:
        """Encode sentences.

        Args:
            sentences: The words of each sentence.
            context: Overrides `context` of the codec. Training uses 0.

        Returns:
            The encoded sentences, without tags.
        """
        windows = Windows.over(
            [len(sentence) for sentence in sentences],
            self.longest,
            self.context if context is None else context,
        )
        if not self.spelled:
            words = self._looked_up([word for sentence in sentences for word in sentence])
            return Encoded(words, words, np.zeros((1, 1), np.int32), windows, spelled=False)
        known, known_ids = self._known
        folded = len(known)
        fresh: dict[str, int] = {}
        spellings = np.array(
            [
                known[word] if word in known else folded + fresh.setdefault(word, len(fresh))
                for sentence in sentences
                for word in sentence
            ],
            np.int32,
        )
        words = known_ids.take(spellings, mode="clip")
        if fresh:
            others = spellings >= folded
            words[others] = self._word_ids(fresh)[spellings[others] - folded]
        return Encoded(
            words=words,
            spellings=spellings,
            characters=self.spell(list(fresh)),
            windows=windows,
            folded=folded,
        )

    @cached_property
    def _frequent_ids(self) -> dict[str, int]:
        """The word ids of the frequent words."""
        return dict(zip(self.frequent, self._word_ids(self.frequent).tolist(), strict=True))

    def _looked_up(self, words: Sequence[str]) -> NDArray[np.int32]:
        """Return the ids of words, with a fast path for frequent ones."""
        known = self._frequent_ids
        ids = np.array([known.get(word, -1) for word in words], np.int32)
        others = np.flatnonzero(ids < 0)
        ids[others] = self._word_ids([words[place] for place in others.tolist()])
        return ids

    def _word_ids(self, spellings: Iterable[str]) -> NDArray[np.int32]:
        return np.array(self.words.ids(map(self.form, spellings)), np.int32)

    def spell(self, spellings: Sequence[str]) -> NDArray[np.int32]:
        """Return the character ids of words, int32 [max(1, words), width of the longest word]."""
        half = self.width // 2
        short = (word if len(word) <= self.width else word[:half] + word[-half:] for word in spellings)
        ids = [self.characters.ids(word) for word in short] or [[]]
        width = max(1, *map(len, ids))
        return np.array([row + [PADDING] * (width - len(row)) for row in ids], np.int32)

    def summary(self) -> dict[str, Any]:
        """Return a short summary of the codec as JSON values."""
        return {"words": len(self.words), "characters": len(self.characters), "longest": self.longest}

    def to_spec(self) -> dict[str, Any]:
        """Return the codec as JSON values."""
        return {
            "words": self.words.to_spec(),
            "form": {"lower": self.form.lower, "digits": self.form.digits},
            "characters": self.characters.to_spec(),
            "longest": self.longest,
            "context": self.context,
            "width": self.width,
            "frequent": Vocabulary(self.frequent, closed=True).to_spec(),
            "folded": self.folded,
            "spelled": self.spelled,
        }

    @staticmethod
    def fields(spec: Mapping[str, Any]) -> dict[str, Any]:
        """Return the constructor fields from the result of `to_spec`.

        Raises:
            KeyError, TypeError, ValueError, ModelFileError: The spec was not written by `to_spec`.
        """
        return {
            "words": Vocabulary.from_spec(spec["words"]),
            "form": WordForm(**spec["form"]),
            "characters": Vocabulary.from_spec(spec["characters"]),
            "longest": int(spec["longest"]),
            "context": int(spec["context"]),
            "width": int(spec["width"]),
            "frequent": Vocabulary.from_spec(spec["frequent"]).entries,
            "folded": bool(spec["folded"]),
            "spelled": bool(spec["spelled"]),
        }
