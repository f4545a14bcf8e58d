"""Numbered lines of text that may contain bytes that are not UTF-8."""

from pathlib import Path
from typing import TypeAlias

from seqnlp.errors import DataError

Line: TypeAlias = tuple[int, str]
"""The number of a line, counted from 1, and its text without the line end."""

_LONGEST_CONTEXT = 40  # characters


def check_utf8(line: Line, path: Path | str) -> None:
    """Raise an error if a line, or a text of several lines, is not UTF-8.

    Args:
        line: The number and the text of the line, or the number of the first line and all text.
        path: The file, for the message.

    Raises:
        DataError: The text is not UTF-8. The message names the line and the first invalid byte, and shows at
            most 40 characters before it.
    """
    number, text = line
    if text.isascii():
        return
    try:
        text.encode()
    except UnicodeEncodeError as error:
        place, byte = error.start, ord(text[error.start]) & 0xFF
        before = text[max(0, place - _LONGEST_CONTEXT) : place].rpartition("\n")[2]
        number += text.count("\n", 0, place)
        raise DataError(f"not UTF-8: byte 0x{byte:02X} after {before!r}", path, number) from None
