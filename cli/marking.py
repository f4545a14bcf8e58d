"""A text with stretches of it marked."""

from collections.abc import Callable, Iterable
from typing import TypeVar

Mark = TypeVar("Mark")

NO_LABEL = "(none)"
"""What stands where a text has none of the labels it may have."""


def marked(
    text: str,
    spans: Iterable[tuple[int, int, Mark]],
    mark: Callable[[str, Mark], str],
    rest: Callable[[str], str] = str,
) -> str:
    """Mark stretches of a text.

    Args:
        text: The text.
        spans: Start, end and mark of each stretch, in order; none overlap.
        mark: Writes a stretch with its mark.
        rest: Writes what lies between stretches.
    """
    parts, done = [], 0
    for start, end, each in spans:
        parts += [rest(text[done:start]), mark(text[start:end], each)]
        done = end
    return "".join(parts) + rest(text[done:])
