"""Subwords that keep spaces, so that a text can be put together again from its pieces."""

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
"""The id of the end of a sentence."""
RESERVED = (PADDING_PIECE, UNKNOWN_PIECE, END_PIECE)
"""The first pieces of a vocabulary; no text is ever cut into the first or the last."""
INSIDE = "\ue000"
"""Marks a run that does not begin what stands between spaces; a private character, of no meaning in text."""

_CHUNK = re.compile(r"\S+")
_CACHED = 1 << 16
_LONGEST_CACHED = 64


class SpacedSubwords:
    """A WordPiece vocabulary and how it cuts what stands between spaces.

    A piece without `##` begins such a stretch, one with it goes on: so pieces say where spaces were, and
    `decode(encode(text))` is the text, but that white space becomes one space, that what stands around it is
    lost, and that forms of the same characters become one (Unicode's NFC). No piece reaches from letters into
    punctuation. Each run of letters is covered from the left by the longest entries of the vocabulary (Song
    et al. 2021 call it MaxMatch); one that cannot be covered is one unknown piece.

    Args:
        vocabulary: The pieces in the order of their ids, `RESERVED` first.
        lower: Whether texts are lower-cased.

    Raises:
        ValueError: A piece stands there twice, or the first ones are others.
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
        """Restore what `spec` gave.

        Raises:
            ModelFileError: The spec is not one that `spec` writes.
        """
        try:
            return cls(Vocabulary.from_spec(spec["vocabulary"]).entries, bool(spec["lower"]))
        except (KeyError, TypeError, ValueError) as error:
            raise ModelFileError(f"the subwords in the model are damaged ({error})") from error

    def spec(self) -> dict[str, Any]:
        """Give the vocabulary and the setting as JSON values."""
        return {"vocabulary": self.vocabulary.to_spec(), "lower": self.lower}

    def __len__(self) -> int:
        """How many pieces there are."""
        return len(self.vocabulary)

    @cached_property
    def openings(self) -> NDArray[np.bool_]:
        """Whether each piece may be a text's first: one that goes on would read like one that begins."""
        return np.array([text.startswith(" ") for text in self._texts])

    def normal(self, text: str) -> str:
        """The form of a text in which it is cut."""
        text = unicodedata.normalize("NFC", text)
        return text.lower() if self.lower else text

    def encode(self, text: str) -> list[int]:
        """Cut a text into pieces and number them."""
        ids: list[int] = []
        for chunk in _CHUNK.findall(self.normal(text)):
            ids += (self._cached_ids if len(chunk) <= _LONGEST_CACHED else self._ids)(chunk)
        return ids

    def marked_runs(self, text: str) -> Iterator[str]:
        """The runs that pieces may cover, those inside of what stands between spaces marked by `INSIDE`."""
        for chunk in _CHUNK.findall(self.normal(text)):
            for start, end in runs(chunk):
                yield chunk[start:end] if not start else INSIDE + chunk[start:end]

    def decode(self, ids: Iterable[int]) -> str:
        """Put a text together from its pieces.

        Raises:
            IndexError: An id is not one of the vocabulary.
        """
        return "".join(self._texts[number] for number in ids).removeprefix(" ")

    def pieces(self, ids: Iterable[int]) -> list[str]:
        """The pieces of ids as they are written: those that begin a stretch with a space in front."""
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
