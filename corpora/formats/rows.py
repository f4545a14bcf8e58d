"""The rows of tables: lines of cells between delimiters."""

from collections import deque
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import TypeAlias

from seqnlp.corpora.formats.lines import Line, check_utf8, read_lines
from seqnlp.corpora.formats.table_options import Dialect
from seqnlp.errors import DataError

Row: TypeAlias = tuple[int, list[str] | DataError]
"""The number of the first line of a row, and its cells or the reason why it cannot be read."""

_QUOTE = '"'
_SHOWN = 20  # characters


def read_rows(path: Path | str, dialect: Dialect) -> Iterator[Row]:
    """Read the rows of a table, as `parse_rows` does.

    Raises:
        DataError: The file cannot be read.
    """
    return parse_rows(read_lines(path), path, dialect)


def parse_rows(numbered: Iterable[Line], path: Path | str, dialect: Dialect) -> Iterator[Row]:
    """Parse the rows of a table.

    A row that cannot be read is lost, and no other row. If a quote is not closed, the line after it starts
    the next row.

    Args:
        numbered: The lines of the table.
        path: The file, for messages.
        dialect: The notation of cells.

    Yields:
        Each row that is not blank. Its cells are valid UTF-8.
    """
    lines = _Lines(iter(numbered))
    for first in lines:
        if first[1].strip(" "):
            yield first[0], _read_row(first, lines, dialect, path)


class _Lines:
    """The lines of a table. A row that cannot be read returns all lines but those that are lost."""

    def __init__(self, lines: Iterator[Line]) -> None:
        self._lines = lines
        self._again: deque[Line] = deque()
        self.row: list[Line] = []

    def __iter__(self) -> Iterator[Line]:
        """Yield the first line of each row."""
        while (line := self._take()) is not None:
            self.row = [line]
            yield line

    def rest(self) -> Iterator[Line]:
        """Yield the lines that continue the row."""
        while (line := self._take()) is not None:
            self.row.append(line)
            yield line

    def rewind(self, number: int) -> None:
        """Go back to the line after this one, which is in the row."""
        self._again.extendleft(line for line in reversed(self.row) if line[0] > number)

    def _take(self) -> Line | None:
        return self._again.popleft() if self._again else next(self._lines, None)


def _read_row(first: Line, lines: _Lines, dialect: Dialect, path: Path | str) -> list[str] | DataError:
    try:
        cells = _parse_row(first, lines, dialect, path)
    except DataError as error:
        lines.rewind(error.line or first[0])
        return error
    try:
        for line in lines.row:
            check_utf8(line, path)
    except DataError as error:
        return error
    return cells


def _parse_row(first: Line, lines: _Lines, dialect: Dialect, path: Path | str) -> list[str]:
    """Return the cells of a row.

    Raises:
        DataError: The row is invalid. Its line is the last one that is lost.
    """
    if dialect.quoting == "none" or _QUOTE not in first[1]:
        _check_line_end(first[1], first[0], path)
        return first[1].split(dialect.delimiter)
    cells: list[str] = []
    (number, text), start = first, 0
    while start <= len(text):
        if text.startswith(_QUOTE, start):
            cell, (number, text), end = _read_quoted((number, text), start + 1, lines, path)
            if end < len(text) and text[end] != dialect.delimiter:
                problem = f"text after a closing quote: {text[end : end + _SHOWN]!r}"
                raise DataError(problem, path, number - cell.count("\n"))
        else:
            end = text.find(dialect.delimiter, start)
            end = len(text) if end < 0 else end
            cell = text[start:end]
            _check_line_end(cell, number, path)
        cells.append(cell)
        start = end + 1
    return cells


def _read_quoted(line: Line, start: int, lines: _Lines, path: Path | str) -> tuple[str, Line, int]:
    """Return a cell from the index after its opening quote, the line where it ends, and the index there.

    Raises:
        DataError: No quote closes the cell.
    """
    parts = list[str]()
    for number, text in chain([line], lines.rest()):
        end = _closing_quote(text, start)
        parts.append(text[start:] if end < 0 else text[start:end])
        if end >= 0:
            return "\n".join(parts).replace('""', _QUOTE), (number, text), end + 1
        start = 0
    raise DataError("unclosed quote", path, line[0])


def _closing_quote(text: str, start: int) -> int:
    """Return the index of the first quote that is not doubled, or -1."""
    while (at := text.find(_QUOTE, start)) >= 0 and text.startswith(_QUOTE, at + 1):
        start = at + 2
    return at


def _check_line_end(text: str, number: int, path: Path | str) -> None:
    if "\r" in text:
        raise DataError("a carriage return inside a line", path, number)
