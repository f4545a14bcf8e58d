"""Numbered lines of text that may contain bytes that are not UTF-8."""

from pathlib import Path
from typing import TypeAlias

from seqnlp.errors import DataError

Line: TypeAlias = tuple[int, str]
"""The number of a line, counted from 1, and its text without the line end."""


def check_utf8(line: Line, path: Path | str) -> None:
    """Raise an error if a line is not UTF-8.

    Raises:
        DataError: The line is not UTF-8. The message names the line and the first invalid byte.
    """
    number, text = line
    if text.isascii():
        return
    try:
        text.encode()
    except UnicodeEncodeError as error:
        byte = ord(text[error.start]) & 0xFF
        raise DataError(f"not UTF-8: byte 0x{byte:02X} after {text[: error.start]!r}", path, number) from None
