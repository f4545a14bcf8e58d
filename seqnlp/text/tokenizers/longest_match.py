"""Split words into the longest subwords of a vocabulary."""

from collections.abc import Iterable

CONTINUATION = "##"
"""The prefix of a subword that continues a word."""


class LongestMatch:
    """Greedy splitting from the left into the longest subwords (MaxMatch, Song et al. 2021).

    Args:
        subwords: Pairs of an id and a subword. A subword with the prefix `CONTINUATION` continues a word, any
            other starts one.

    Example:
        >>> LongestMatch([(2, "cat"), (3, "##s")]).split("cats", 0, 4)
        [(2, 0, 3), (3, 3, 4)]
    """

    def __init__(self, subwords: Iterable[tuple[int, str]]) -> None:
        self._starts: dict[str, int] = {}
        self._continuations: dict[str, int] = {}
        for number, subword in subwords:
            if continues(subword):
                self._continuations[subword[len(CONTINUATION) :]] = number
            else:
                self._starts[subword] = number
        self._max_length = max(map(len, (*self._starts, *self._continuations)), default=0)

    def split(self, text: str, start: int, end: int, continued: bool = False) -> list[tuple[int, int, int]]:
        """Split `text[start:end]`.

        Args:
            text: The text.
            start: The first character.
            end: The end, exclusive.
            continued: Whether the first subword also continues a word.

        Returns:
            The id, start and end of each subword, or an empty list if the characters cannot be split.
        """
        found = []
        table = self._continuations if continued else self._starts
        while start < end:
            for stop in range(min(end, start + self._max_length), start, -1):
                number = table.get(text[start:stop])
                if number is not None:
                    break
            else:
                return []
            found.append((number, start, stop))
            start, table = stop, self._continuations
        return found


def continues(subword: str) -> bool:
    """Return whether a subword continues a word. `##` alone does not."""
    return subword.startswith(CONTINUATION) and len(subword) > len(CONTINUATION)
