"""Subwords that preserve spaces, so that text can be restored from ids."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from typing import Self

import numpy as np

from seqnlp.data.spec import read_flag
from seqnlp.errors import ModelFileError
from seqnlp.text.tokenizers.longest_match import CONTINUATION, LongestMatch, continues
from seqnlp.text.tokenizers.runs import find_runs
from seqnlp.text.tokenizers.subwords import PADDING_SUBWORD, UNKNOWN_SUBWORD
from seqnlp.text.vocabulary import UNKNOWN, Vocabulary
from seqnlp.types import Flags, JsonObject

END_SUBWORD = "[END]"
END = 2
"""The id of the end-of-sentence symbol."""
RESERVED = (PADDING_SUBWORD, UNKNOWN_SUBWORD, END_SUBWORD)
"""The first entries of a vocabulary. Encoding never produces the padding or the end symbol."""
INNER = "\ue000"
"""A private-use character that marks a run inside a chunk between spaces."""

_CHUNK = re.compile(r"\S+")
_CACHE_SIZE = 1 << 16
_MAX_CACHED_LENGTH = 64


class SpacedSubwords:
    """A WordPiece tokenizer that preserves spaces.

    A subword without `##` starts a chunk between spaces, and a subword with `##` continues it. Thus
    `decode(encode(text))` restores the text in NFC, with single spaces and without white space at the start
    and the end. No subword contains both letters and punctuation. Each run is split by `LongestMatch`.
    A run that cannot be split becomes one unknown subword.

    Args:
        vocabulary: The subwords in id order, starting with `RESERVED`.
        lower: Whether to lowercase texts.

    Raises:
        ValueError: A subword occurs twice, or the vocabulary does not start with `RESERVED`.

    Example:
        >>> subwords = SpacedSubwords([*RESERVED, "cat", "##s"])
        >>> subwords.decode(subwords.encode("cats cat"))
        'cats cat'
    """

    def __init__(self, vocabulary: Iterable[str], lower: bool = False) -> None:
        self.vocabulary = Vocabulary(vocabulary, closed=True)
        entries = self.vocabulary.entries
        if entries[: len(RESERVED)] != RESERVED:
            raise ValueError(f"a vocabulary of spaced subwords must start with {', '.join(RESERVED)}")
        self.lower = lower
        self._texts = [
            subword[len(CONTINUATION) :] if continues(subword) else f" {subword}" for subword in entries
        ]
        self._matcher = LongestMatch(list(enumerate(entries))[len(RESERVED) :])
        self._cached_ids = lru_cache(_CACHE_SIZE)(self._ids)

    @classmethod
    def from_spec(cls, spec: JsonObject) -> Self:
        """Restore the subwords from the result of `to_spec`.

        Raises:
            ModelFileError: The spec was not written by `to_spec`.
        """
        try:
            return cls(
                Vocabulary.from_spec(spec["vocabulary"], closed=True).entries, read_flag(spec, "lower")
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ModelFileError(f"the subwords in the model are damaged: {error}") from error

    def to_spec(self) -> JsonObject:
        """Return the vocabulary and the settings as JSON values."""
        return {"vocabulary": self.vocabulary.to_spec(), "lower": self.lower}

    def __len__(self) -> int:
        """Return the number of subwords."""
        return len(self.vocabulary)

    @cached_property
    def can_start(self) -> Flags:
        """Flags of the subwords that may start a text, bool [subwords]. Continuations may not."""
        return np.array([text.startswith(" ") for text in self._texts])

    def normalize(self, text: str) -> str:
        """Return the normalised text."""
        text = unicodedata.normalize("NFC", text)
        return text.lower() if self.lower else text

    def encode(self, text: str) -> list[int]:
        """Return the subword ids of a text."""
        ids: list[int] = []
        for chunk in _CHUNK.findall(self.normalize(text)):
            ids += (self._cached_ids if len(chunk) <= _MAX_CACHED_LENGTH else self._ids)(chunk)
        return ids

    def marked_runs(self, text: str) -> Iterator[str]:
        """Yield the runs of a text. Runs inside a chunk get the prefix `INNER`."""
        for chunk in _CHUNK.findall(self.normalize(text)):
            for start, end in find_runs(chunk):
                yield chunk[start:end] if not start else INNER + chunk[start:end]

    def decode(self, ids: Iterable[int]) -> str:
        """Return the text of subword ids.

        Raises:
            IndexError: An id is not in the vocabulary.
        """
        return "".join(self._texts[number] for number in ids).removeprefix(" ")

    def texts(self, ids: Iterable[int]) -> list[str]:
        """Return the text of each id. A subword that starts a chunk begins with a space."""
        return [self._texts[number] for number in ids]

    def _ids(self, chunk: str) -> list[int]:
        ids: list[int] = []
        for start, end in find_runs(chunk):
            matches = self._matcher.split(chunk, start, end, continued=start > 0)
            ids += [number for number, _, _ in matches] or [UNKNOWN]
        return ids
