"""The lines of a text file, plain or gzipped, with errors that name the file."""

import gzip
import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, TextIO, cast

from seqnlp.errors import DataError
from seqnlp.text.utf8 import Line as Line
from seqnlp.text.utf8 import check_utf8 as check_utf8

_BYTE_ORDER_MARK = "\ufeff"
_GZIP = b"\x1f\x8b"
_DAMAGED = (EOFError, zlib.error, OSError)


def read_lines(path: Path | str) -> Iterator[Line]:
    r"""Read the lines of a UTF-8 file one by one, in constant memory.

    Lines end at `\n` or `\r\n` only, so that U+0085, U+2028 and similar characters stay in the text. A byte
    order mark at the start of a line is removed, because joined files have several. Gzip compression is
    detected from the content, not from the name.

    Args:
        path: The file.

    Yields:
        Number and text of each line. Bytes that are not UTF-8 become lone surrogates, which `check_utf8`
        finds, so that a reader can skip the record.

    Raises:
        DataError: The file is missing, a directory or not readable, or its gzip data are damaged.
    """
    number = 0
    try:
        with Path(path).open("rb") as binary, _decoded(binary) as text:
            for number, line in enumerate(text, 1):
                yield number, line.removeprefix(_BYTE_ORDER_MARK).removesuffix("\n").removesuffix("\r")
    except _DAMAGED as error:
        raise _explain(error, path, number) from error


def read_text(path: Path | str, size: int = 1 << 16) -> Iterator[str]:
    r"""Read the text of a UTF-8 file, plain or gzipped, piece by piece, in constant memory.

    Lines and byte order marks are as in `read_lines`.

    Args:
        path: The file.
        size: Number of characters to read at a time.

    Yields:
        Pieces of the text, in which `\n` ends lines. The last one ends with `\n` only if the file does. Bytes
        that are not UTF-8 become lone surrogates, which `check_utf8` finds.

    Raises:
        DataError: As for `read_lines`.
    """
    held, mark = "", _BYTE_ORDER_MARK
    try:
        with Path(path).open("rb") as binary, _decoded(binary) as stream:
            while piece := stream.read(size):
                text = (held + piece).removeprefix(mark)
                held, mark = _line_end(text), ""
                yield _join_lines(text.removesuffix(held))
    except _DAMAGED as error:
        raise _explain(error, path) from error
    yield _join_lines(held)


def _line_end(text: str) -> str:
    r"""Return the `\r`, `\n` or `\r\n` at the end of a text, if there is one."""
    return next((end for end in ("\r\n", "\r", "\n") if text.endswith(end)), "")


def _join_lines(text: str) -> str:
    return text.replace(f"\n{_BYTE_ORDER_MARK}", "\n").replace("\r\n", "\n")


def _explain(error: Exception, path: Path | str, number: int = 0) -> DataError:
    """Return the error for a file that cannot be read after a line."""
    if isinstance(error, OSError) and not isinstance(error, gzip.BadGzipFile):
        return DataError(error.strerror or str(error), path)
    return DataError(f"the gzip data are damaged or truncated: {error}", path, number or None)


def _decoded(binary: io.BufferedReader) -> TextIO:
    compressed = binary.peek(len(_GZIP)).startswith(_GZIP)
    plain = gzip.GzipFile(fileobj=binary) if compressed else binary
    return io.TextIOWrapper(cast(BinaryIO, plain), "utf-8", errors="surrogateescape", newline="\n")
