"""Vocabularies: strings to ids and back, and the form in which a word is looked up."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from seqnlp.errors import ModelFileError

PADDING = 0
"""The id of padding in every open vocabulary."""

UNKNOWN = 1
"""The id of whatever an open vocabulary does not hold."""

_DIGIT = re.compile(r"\d")


class Vocabulary:
    """Strings numbered from 0 (labels) or from 2 (words, characters).

    An open vocabulary (words, characters) keeps the ids `PADDING` and `UNKNOWN` for itself; they have no
    text, so that no word of a corpus, `<pad>` or `<unk>` included, can collide with them. A closed one
    (labels) numbers its entries from 0 and raises `KeyError` for anything else.

    Args:
        entries: The strings in the order of their ids, each once.
        closed: Whether the entries are all there can be.

    Raises:
        ValueError: An entry stands there twice.
    """

    __slots__ = ("_first", "_ids", "closed", "entries")

    def __init__(self, entries: Iterable[str], closed: bool = False) -> None:
        self.entries = tuple(entries)
        self.closed = closed
        self._first = 0 if closed else UNKNOWN + 1
        self._ids = {entry: number for number, entry in enumerate(self.entries, self._first)}
        if len(self._ids) < len(self.entries):
            raise ValueError("a vocabulary holds an entry twice")

    @classmethod
    def learn(
        cls, counts: Mapping[str, int], minimum: int = 1, maximum: int | None = None, closed: bool = False
    ) -> Self:
        """Take the strings that are frequent enough, the most frequent first, equally frequent ones by text.

        Args:
            counts: How often each string was seen.
            minimum: Leave out what was seen less often.
            maximum: Keep at most so many entries (the reserved ids do not count); None for no limit.
            closed: Whether the entries are all there can be.

        Returns:
            The vocabulary; equal counts give an equal vocabulary, whatever their order.
        """
        frequent = [entry for entry, count in counts.items() if count >= minimum]
        frequent.sort(key=lambda entry: (-counts[entry], entry))
        return cls(frequent[:maximum], closed)

    @classmethod
    def from_spec(cls, spec: Mapping[str, Any]) -> Self:
        """Restore what `to_spec` gave.

        Raises:
            ModelFileError: The spec is not one that `to_spec` writes.
        """
        try:
            return cls(map(_plain_text, spec["entries"]), bool(spec["closed"]))
        except (KeyError, TypeError, ValueError) as error:
            raise ModelFileError(f"a vocabulary in the model is damaged ({error})") from error

    def to_spec(self) -> dict[str, Any]:
        """Give the vocabulary as JSON values.

        An entry that UTF-8 cannot write (lone surrogates) becomes the list of its code points: JSON has no
        way to tell two lone surrogates from the character that they would make together.
        """
        return {"closed": self.closed, "entries": [_json_text(entry) for entry in self.entries]}

    def ids(self, texts: Iterable[str]) -> list[int]:
        """Look up many strings at once: the fast way.

        Raises:
            KeyError: The vocabulary is closed and does not hold one of them.
        """
        if self.closed:
            return [self._ids[text] for text in texts]
        get = self._ids.get
        return [get(text, UNKNOWN) for text in texts]

    def entry(self, number: int) -> str:
        """Give the string with this id.

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
        """The number of ids, the reserved ones included: the rows of an embedding."""
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
    """How a word is written when it is looked up.

    Args:
        lower: Ignore case.
        digits: Take every decimal digit, of any script, for a 0, so that numbers of one shape share an entry.
    """

    lower: bool = False
    digits: bool = False

    def __call__(self, word: str) -> str:
        """Give the form of one word."""
        if self.digits:
            word = _DIGIT.sub("0", word)
        return word.lower() if self.lower else word


def _json_text(text: str) -> str | list[int]:
    try:
        text.encode()
    except UnicodeEncodeError:
        return [ord(character) for character in text]
    return text


def _plain_text(entry: str | list[int]) -> str:
    return entry if isinstance(entry, str) else "".join(map(chr, entry))
