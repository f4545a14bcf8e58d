"""Subwords that preserve every character, so that prose and code can be restored from ids."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from seqnlp.text.tokenizers.longest_match import CONTINUATION, LongestMatch, continues
from seqnlp.text.tokenizers.runs import find_runs
from seqnlp.text.tokenizers.spaced import INNER, RESERVED
from seqnlp.text.vocabulary import UNKNOWN

ALWAYS = (" ", "\n")
"""Characters that every vocabulary has."""

_PART = re.compile(r"(?<=\S) (?=\S)|(\s+)|(\S+)")
_CACHE_SIZE = 1 << 16
_MAX_CACHED_LENGTH = 64


class ExactSubwords:
    """A WordPiece tokenizer that preserves white space and all known characters.

    A text is split into chunks between white space, each chunk into runs, and each run into subwords by
    `LongestMatch`. A subword without `##` starts a chunk, and one with `##` continues it. A single space
    between two chunks has no subword of its own: it belongs to the subword that starts the second chunk. All
    other white space, such as line breaks and indentation, has subwords of its own. A character that is not
    in the vocabulary becomes one unknown subword. Thus `decode(encode(text))` is the text, with U+FFFD
    instead of each unknown character.

    Args:
        subwords: The subwords in id order. The ids start at 3, after padding, unknown and end.

    Raises:
        ValueError: A subword occurs twice.

    Example:
        >>> subwords = ExactSubwords([" ", "## ", "cat", "##s"])
        >>> subwords.split("cats  cat cat")
        ['cat', 's', ' ', ' ', 'cat', ' cat']
    """

    def __init__(self, subwords: Iterable[str]) -> None:
        entries = list(enumerate(subwords, len(RESERVED)))
        self._starts = {subword: number for number, subword in entries}
        if len(self._starts) < len(entries):
            raise ValueError("a subword occurs twice")
        self._texts = {
            number: subword[len(CONTINUATION) :] if continues(subword) else subword
            for number, subword in entries
        }
        self._spaced = {
            number for number, subword in entries if not continues(subword) and not subword.isspace()
        }
        self._blank = {number for number, text in self._texts.items() if text.isspace()}
        self._known = {subword for subword in self._starts if CONTINUATION + subword in self._starts}
        self._matcher = LongestMatch(entries)
        self._cached_ids = lru_cache(_CACHE_SIZE)(self._chunk_ids)

    def encode(self, text: str, before: str = "") -> list[int]:
        """Return the subword ids of a text.

        Args:
            text: The text.
            before: The text before it. Only its last character matters.
        """
        return [number for number, _ in self._encode(text, before)]

    def split(self, text: str, before: str = "") -> list[str]:
        """Return the characters of each subword of a text, which together are the text."""
        return [surface for _, surface in self._encode(text, before)]

    def decode(self, ids: Iterable[int], before: str = "") -> str:
        """Return the text of subword ids.

        Args:
            ids: The ids. Those of no subword become U+FFFD.
            before: The text before it. Only its last character matters.
        """
        after_chunk = self.continues(before)
        found = []
        for number in ids:
            if after_chunk and number in self._spaced:
                found.append(" ")
            found.append(self._texts.get(number, "\N{REPLACEMENT CHARACTER}"))
            after_chunk = number in self._texts and number not in self._blank
        return "".join(found)

    def continues(self, before: str) -> bool:
        """Return whether a text ends with a known character that is no white space."""
        return before[-1:] in self._known and not before[-1:].isspace()

    def _encode(self, text: str, before: str) -> Iterator[tuple[int, str]]:
        """Yield the id and the characters of each subword."""
        last = before[-1:]
        inside = bool(last) and not last.isspace()
        known = inside and last in self._known  # whether the subword before is known and no white space
        space = False  # whether a single space precedes, whose subword is not yet decided
        whole, first = last + text, len(last)
        for match in _PART.finditer(whole, first):
            part = match[0]
            if match.lastindex is None:
                space = True
                continue
            if match.lastindex == 1:
                found = self._split_run(part, 0, len(part), False)
                known = False
            elif inside and match.start() == first:
                found = self._chunk_ids(part, True)
                known = found[-1][0] != UNKNOWN
            else:
                cached = len(part) <= _MAX_CACHED_LENGTH
                found = self._cached_ids(part) if cached else self._chunk_ids(part)
                if space and known and found[0][0] != UNKNOWN:
                    (number, surface), *others = found
                    found = [(number, f" {surface}"), *others]
                elif space:
                    yield from self._split_run(" ", 0, 1, False)
                known = found[-1][0] != UNKNOWN
            space = False
            yield from found

    def _chunk_ids(self, chunk: str, continued: bool = False) -> list[tuple[int, str]]:
        found = []
        for start, end in find_runs(chunk):
            found += self._split_run(chunk, start, end, continued or start > 0)
        return found

    def _split_run(self, text: str, start: int, end: int, continued: bool) -> list[tuple[int, str]]:
        """Return the id and the characters of each subword of a run, or of white space."""
        matches = self._matcher.split(text, start, end, continued)
        if matches or start == end:
            return [(number, text[first:last]) for number, first, last in matches]
        found, first = list[tuple[int, str]](), start
        for place in range(start, end):
            if text[place] not in self._known:
                if first < place:
                    found += self._split_run(text, first, place, continued or first > start)
                found.append((UNKNOWN, text[place]))
                first = place + 1
        if first < end:
            found += self._split_run(text, first, end, continued or first > start)
        return found


def marked_runs(text: str) -> Iterator[str]:
    """Yield the runs of a text, and the white space that has subwords of its own.

    Runs inside a chunk get the prefix `INNER`.
    """
    for match in _PART.finditer(text):
        if match.lastindex == 1:
            yield match[0]
        elif match.lastindex == 2:
            for start, end in find_runs(match[0]):
                yield match[0][start:end] if not start else INNER + match[0][start:end]
