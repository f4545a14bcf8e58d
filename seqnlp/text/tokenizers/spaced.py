"""Subwords that preserve spaces, so that text can be restored from ids."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from seqnlp.errors import ModelFileError
from seqnlp.text.tokenizers.runs import runs
from seqnlp.text.tokenizers.subwords import CONTINUATION, PADDING_PIECE, UNKNOWN_PIECE
from seqnlp.text.vocabulary import UNKNOWN, Vocabulary

END_PIECE = "[END]"
END = 2
"""The id of the end-of-sentence symbol."""
RESERVED = (PADDING_PIECE, UNKNOWN_PIECE, END_PIECE)
"""The first entries of a vocabulary. Encoding never produces the padding or the end symbol."""
INSIDE = "\ue000"
"""A private-use character that marks a run that is not at the start of a chunk between spaces."""

_CHUNK = re.compile(r"\S+")
_CACHED = 1 << 16
_LONGEST_CACHED = 64


class SpacedSubwords:
    """A WordPiece tokenizer that preserves spaces.

    A subword without `##` starts a chunk between spaces, and a subword with `##` continues it. Thus
    `decode(encode(text))` restores the text, except that the text is normalised to NFC, white space becomes a
    single space, and outer white space is removed. No subword contains both letters and punctuation. Each run
    is split greedily from the left into the longest entries (MaxMatch, Song et al. 2021). A run that cannot
    be split becomes one unknown subword.

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
            raise ValueError(f"a vocabulary of spaced subwords begins with {', '.join(RESERVED)}")
        self.lower = lower
        self._first: dict[str, int] = {}
        self._further: dict[str, int] = {}
        self._texts = [f" {piece}" for piece in RESERVED]
        for number, piece in enumerate(entries[len(RESERVED) :], len(RESERVED)):
            further = piece.startswith(CONTINUATION) and len(piece) > len(CONTINUATION)
            text = piece[len(CONTINUATION) :] if further else piece
            (self._further if further else self._first)[text] = number
            self._texts.append(text if further else f" {text}")
        self._longest = max(map(len, entries))
        self._cached_ids = lru_cache(_CACHED)(self._ids)

    @classmethod
    def from_spec(cls, spec: Mapping[str, Any]) -> Self:
        """Restore the subwords from the result of `spec`.

        Raises:
            ModelFileError: The spec was not written by `spec`.
        """
        try:
            return cls(Vocabulary.from_spec(spec["vocabulary"]).entries, bool(spec["lower"]))
        except (KeyError, TypeError, ValueError) as error:
            raise ModelFileError(f"the subwords in the model are damaged ({error})") from error

    def spec(self) -> dict[str, Any]:
        """Return the vocabulary and the settings as JSON values."""
        return {"vocabulary": self.vocabulary.to_spec(), "lower": self.lower}

    def __len__(self) -> int:
        """Return the number of subwords."""
        return len(self.vocabulary)

    @cached_property
    def openings(self) -> NDArray[np.bool_]:
        """Whether each subword may start a text, bool [subwords]. Continuations may not."""
        return np.array([text.startswith(" ") for text in self._texts])

    def normal(self, text: str) -> str:
        """Return the normalised text."""
        text = unicodedata.normalize("NFC", text)
        return text.lower() if self.lower else text

    def encode(self, text: str) -> list[int]:
        """Return the subword ids of a text."""
        ids: list[int] = []
        for chunk in _CHUNK.findall(self.normal(text)):
            ids += (self._cached_ids if len(chunk) <= _LONGEST_CACHED else self._ids)(chunk)
        return ids

    def marked_runs(self, text: str) -> Iterator[str]:
        """Yield the runs of a text. Runs that do not start a chunk get the prefix `INSIDE`."""
        for chunk in _CHUNK.findall(self.normal(text)):
            for start, end in runs(chunk):
                yield chunk[start:end] if not start else INSIDE + chunk[start:end]

    def decode(self, ids: Iterable[int]) -> str:
        """Return the text of subword ids.

        Raises:
            IndexError: An id is not in the vocabulary.
        """
        return "".join(self._texts[number] for number in ids).removeprefix(" ")

    def pieces(self, ids: Iterable[int]) -> list[str]:
        """Return the text of each id. A subword that starts a chunk begins with a space."""
        return [self._texts[number] for number in ids]

    def _ids(self, chunk: str) -> list[int]:
        return [number for start, end in runs(chunk) for number in self._cover(chunk, start, end)]

    def _cover(self, chunk: str, start: int, end: int) -> list[int]:
        found = []
        while start < end:
            pieces = self._further if start else self._first
            for stop in range(min(end, start + self._longest), start, -1):
                number = pieces.get(chunk[start:stop])
                if number is not None:
                    break
            else:
                return [UNKNOWN]
            found.append(number)
            start = stop
        return found
