"""Standard input and output beside files, under the name `-`."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from seqnlp.errors import DataError
from seqnlp.files import written_whole

if TYPE_CHECKING:
    from seqnlp.corpora.lines import Line

STANDARD = Path("-")


def input_lines(source: Path) -> "Iterator[Line]":
    """Read lines of UTF-8, one by one, from a file (plain or gzipped) or from standard input.

    Raises:
        DataError: The file cannot be read, or a line is not UTF-8.
    """
    from seqnlp.corpora.lines import check_utf8, read_lines  # not for a text on the command line

    name = "standard input" if source == STANDARD else source
    for line in _standard_input() if source == STANDARD else read_lines(source):
        check_utf8(line, name)
        yield line


def _standard_input() -> "Iterator[Line]":
    for number, line in enumerate(sys.stdin.buffer, 1):
        text = line.decode("utf-8-sig" if number == 1 else "utf-8", "surrogateescape")
        yield number, text.removesuffix("\n").removesuffix("\r")


@contextmanager
def output_file(target: Path) -> Iterator[BinaryIO]:
    """Open a file that is written whole or not at all; or standard output, a pipe or a device, as it is.

    Raises:
        DataError: The file cannot be written.
    """
    if target == STANDARD:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    place = target.resolve()  # where a link leads
    whole = place.is_file() or not place.exists()
    try:
        with written_whole(place) if whole else nullcontext(place) as path, path.open("wb") as file:
            yield file
    except OSError as error:
        raise DataError(error.strerror or str(error), target) from error


def encoded(line: str) -> bytes:
    """A line as bytes; lone surrogates, from a command line that is no UTF-8, become escapes."""
    return line.encode("utf-8", "backslashreplace") + b"\n"
