"""Cut texts into passages of limited length, at places where tokens do not change."""

from collections.abc import Iterable, Iterator

SIZE = 1 << 16
"""Maximum number of characters of a passage, but for one that is added to avoid a short last passage."""

_SEARCHED = 1000


def cut_passages(pieces: Iterable[str], size: int = SIZE) -> Iterator[str]:
    r"""Cut a text into passages. They do not depend on the pieces in which the text arrives.

    A passage ends after a line break before a line that is not indented, or before a single space between
    words. It is cut elsewhere only if there is no such place among its last 1,000 characters.

    Args:
        pieces: The text in pieces of any length.
        size: Maximum number of characters, at least 1. The last passage may have one more.

    Yields:
        The passages, none of which is empty. Together they are the text.

    Example:
        >>> list(cut_passages(["one two th", "ree\nfour"], size=6))
        ['one', ' two', ' three', '\nfour']
    """
    rest = ""
    for piece in pieces:
        text, start = rest + piece, 0
        while len(text) - start > size + 1:
            end = _find_cut(text, start, start + size)
            yield text[start:end]
            start = end
        rest = text[start:]
    if rest:
        yield rest


def _find_cut(text: str, start: int, end: int) -> int:
    """Return the last place to cut in a range. The text has at least two characters after its end."""
    for place in range(end, max(start, end - _SEARCHED), -1):
        before, after = text[place - 1], text[place]
        if before == "\n" and not after.isspace():
            return place
        if after == " " and not before.isspace() and not text[place + 1].isspace():
            return place
    return end
