"""Marked spans of a text, and the colours of labels on a terminal."""

import re
import zlib
from collections.abc import Callable, Iterable
from typing import TypeVar

Mark = TypeVar("Mark")

NO_LABEL = "(none)"
"""The text for an empty set of labels."""
# A browser reads a bare carriage return as a line feed, and drops a null.
_ESCAPES = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;", "\0": "\N{REPLACEMENT CHARACTER}"}
)
_LINE_END = re.compile(r"\r\n|[\r\n]")
_COLOURS = (32, 33, 34, 35, 36, 31)  # ANSI: green, yellow, blue, magenta, cyan, red


def marked(
    text: str,
    spans: Iterable[tuple[int, int, Mark]],
    mark: Callable[[str, Mark], str],
    rest: Callable[[str], str] = str,
) -> str:
    """Return a text with marked spans.

    Args:
        text: The text.
        spans: Start, end and mark of each span, in order and without overlap.
        mark: Writes a span with its mark.
        rest: Writes the text between spans.

    Example:
        >>> marked("Ada lived", [(0, 3, "PER")], lambda text, label: f"[{text} {label}]")
        '[Ada PER] lived'
    """
    output, done = [], 0
    for start, end, value in spans:
        output += [rest(text[done:start]), mark(text[start:end], value)]
        done = end
    return "".join(output) + rest(text[done:])


def escape_html(text: str) -> str:
    """Return a text for HTML, inside elements or attributes in double quotes.

    Example:
        >>> escape_html("a < b")
        'a &lt; b'
    """
    return text.translate(_ESCAPES)


def one_line(text: str) -> str:
    r"""Return a text with a space for each line end.

    Example:
        >>> one_line("Ada\r\nlived\n")
        'Ada lived '
    """
    return _LINE_END.sub(" ", text)


def coloured(text: str, label: str, note: str = "") -> str:
    """Return a text in the colour of a label, for a terminal.

    Args:
        text: The text.
        label: The label, which determines the colour.
        note: Dimmed text that follows after a space, if there is any.
    """
    after = f"\x1b[2m {note}\x1b[0m" if note else ""
    return f"\x1b[1;{colour_of(label)}m{text}\x1b[0m{after}"


def colour_of(label: str) -> int:
    """Return the ANSI code of a label's colour. It depends only on the label."""
    return _COLOURS[zlib.crc32(label.encode()) % len(_COLOURS)]
