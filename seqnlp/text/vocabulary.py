"""Vocabularies: map strings to ids and back, and normalise words for lookup."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from seqnlp.errors import ModelFileError
from seqnlp.types import JsonObject

PADDING = 0
"""The id of padding in every open vocabulary."""

UNKNOWN = 1
"""The id of unknown strings in every open vocabulary."""

_DIGIT = re.compile(r"\d")


class Vocabulary:
    """A mapping between strings and ids.

    An open vocabulary (words, characters) reserves the ids `PADDING` and `UNKNOWN`, and its entries start at
    2. The reserved ids have no text, so no word, not even `<pad>` or `<unk>`, can collide with them. A closed
    vocabulary (labels) numbers its entries from 0 and raises `KeyError` for unknown strings.

    Args:
        entries: The distinct strings in id order.
        closed: Whether the vocabulary is closed.

    Raises:
        ValueError: An entry occurs twice.

    Example:
        >>> Vocabulary(["the", "cat"]).ids(["the", "dog"])
        [2, 1]
    """

    __slots__ = ("_first", "_ids", "closed", "entries")

    def __init__(self, entries: Iterable[str], closed: bool = False) -> None:
        self.entries = tuple(entries)
        self.closed = closed
        self._first = 0 if closed else UNKNOWN + 1
        self._ids = {entry: number for number, entry in enumerate(self.entries, self._first)}
        if len(self._ids) < len(self.entries):
            raise ValueError("a vocabulary contains an entry twice")

    @classmethod
    def learn(
        cls, counts: Mapping[str, int], min_count: int = 1, max_size: int | None = None, closed: bool = False
    ) -> Self:
        """Build a vocabulary of frequent strings, sorted by decreasing count and then by text.

        Args:
            counts: The count of each string.
            min_count: Minimum count of an entry.
            max_size: Maximum number of entries without the reserved ids. None means no limit.
            closed: Whether the vocabulary is closed.

        Returns:
            The vocabulary. It does not depend on the order of `counts`.

        Example:
            >>> Vocabulary.learn({"the": 3, "cat": 1, "a": 3}, min_count=2).entries
            ('a', 'the')
        """
        frequent = [entry for entry, count in counts.items() if count >= min_count]
        frequent.sort(key=lambda entry: (-counts[entry], entry))
        return cls(frequent[:max_size], closed)

    def extend(self, entries: Iterable[str], max_size: int | None = None) -> "Vocabulary":
        """Return a vocabulary with further entries at the end. The ids of the old entries do not change.

        Args:
            entries: Strings; those that the vocabulary contains are left out.
            max_size: Maximum number of entries without the reserved ids. Old entries are never removed.

        Example:
            >>> Vocabulary(["the", "cat"]).extend(["cat", "dog"]).entries
            ('the', 'cat', 'dog')
        """
        new = [entry for entry in dict.fromkeys(entries) if entry not in self]
        room = None if max_size is None else max(0, max_size - len(self.entries))
        return Vocabulary([*self.entries, *new[:room]], self.closed)

    @classmethod
    def from_spec(cls, spec: JsonObject, closed: bool) -> Self:
        """Restore a vocabulary from the result of `to_spec`.

        Args:
            spec: The result.
            closed: Whether the vocabulary must be closed or open.

        Raises:
            ModelFileError: The spec was not written by `to_spec`, or is that of the other kind.
        """
        try:
            if spec["closed"] is not closed:
                raise ValueError(f"closed is {spec['closed']!r}, not {closed}")
            return cls(map(_from_json, spec["entries"]), closed)
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise ModelFileError(f"a vocabulary in the model is damaged: {error}") from error

    def to_spec(self) -> JsonObject:
        """Return the vocabulary as JSON values.

        An entry with lone surrogates becomes a list of code points, because JSON cannot distinguish two lone
        surrogates from the character that they form together.
        """
        return {"closed": self.closed, "entries": [_to_json(entry) for entry in self.entries]}

    def ids(self, texts: Iterable[str]) -> list[int]:
        """Return the ids of many strings. This is faster than single lookups.

        Raises:
            KeyError: The vocabulary is closed and does not contain one of the strings.
        """
        if self.closed:
            return [self._ids[text] for text in texts]
        get = self._ids.get
        return [get(text, UNKNOWN) for text in texts]

    def entry(self, number: int) -> str:
        """Return the string with this id.

        Raises:
            KeyError: No entry has this id; `PADDING` and `UNKNOWN` have no text.
        """
        place = number - self._first
        if not 0 <= place < len(self.entries):
            raise KeyError(number)
        return self.entries[place]

    def __getitem__(self, text: str) -> int:
        return self._ids[text] if self.closed else self._ids.get(text, UNKNOWN)

    def __contains__(self, text: object) -> bool:
        return text in self._ids

    def __len__(self) -> int:
        """Return the number of ids, including reserved ones: the number of rows of an embedding."""
        return self._first + len(self.entries)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Vocabulary):
            return NotImplemented
        return (self.closed, self.entries) == (other.closed, other.entries)

    def __hash__(self) -> int:
        return hash((self.closed, self.entries))

    def __repr__(self) -> str:
        return f"Vocabulary({len(self.entries)} entries, {'closed' if self.closed else 'open'})"


@dataclass(frozen=True, slots=True)
class WordForm:
    """The normalisation of a word before lookup.

    Args:
        lower: Whether to ignore case.
        digits: Whether to replace every decimal digit by 0, so that numbers of equal shape share an entry.

    Example:
        >>> WordForm(lower=True, digits=True)("MiG-29")
        'mig-00'
    """

    lower: bool = False
    digits: bool = False

    def __call__(self, word: str) -> str:
        """Return the normalised word."""
        if self.digits:
            word = _DIGIT.sub("0", word)
        return word.lower() if self.lower else word


def _to_json(text: str) -> str | list[int]:
    try:
        text.encode()
    except UnicodeEncodeError:
        return [ord(character) for character in text]
    return text


def _from_json(entry: str | list[int]) -> str:
    return entry if isinstance(entry, str) else "".join(map(chr, entry))
