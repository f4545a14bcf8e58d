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
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(f"the gzip data are damaged or truncated: {error}", path, number or None) from error
    except OSError as error:
        raise DataError(error.strerror or str(error), path) from error


def _decoded(binary: io.BufferedReader) -> TextIO:
    compressed = binary.peek(len(_GZIP)).startswith(_GZIP)
    plain = gzip.GzipFile(fileobj=binary) if compressed else binary
    return io.TextIOWrapper(cast(BinaryIO, plain), "utf-8", errors="surrogateescape", newline="\n")
