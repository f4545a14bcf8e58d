"""Tables: selected columns of CSV and TSV files."""

import csv
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

from seqnlp.corpora.formats.lines import check_utf8, read_lines
from seqnlp.corpora.problems import OnError, parse_valid
from seqnlp.errors import ConfigError, DataError
from seqnlp.records import Origin

Row = tuple[int, list[str] | DataError]
Record = TypeVar("Record")


def check_delimiter(delimiter: str | None) -> None:
    """Raise an error if the delimiter of a table is invalid.

    Raises:
        ConfigError: The delimiter is not one character.
    """
    if delimiter is not None and len(delimiter) != 1:
        raise ConfigError(f"the delimiter of a table must be one character, not {delimiter!r}")


def read_table(
    path: Path | str,
    delimiter: str,
    columns: Sequence[str],
    to_record: Callable[[Sequence[str], Origin], Record],
    on_error: OnError,
) -> Iterator[Record]:
    """Read a table row by row as in RFC 4180. Quoted cells may contain delimiters and line ends.

    Args:
        path: A file, plain or gzipped, in UTF-8.
        delimiter: Delimiter of the columns.
        columns: The columns: names in the first row, or numbers from 0, or from -1 backwards. If all are
            numbers, the first row is data.
        to_record: Converts the cells in these columns to a record, or raises `ValueError` if they are
            invalid.
        on_error: Receives each row that cannot be read. A row is invalid if it has too few columns, bytes
            that are not UTF-8, an unclosed quote, or invalid cells.

    Yields:
        The records in the order of the file.

    Raises:
        DataError: The file cannot be read, is empty or lacks a column, or `on_error` raises.
    """
    rows = _rows(path, delimiter)
    numbers = [_number(column) for column in columns]
    if None in numbers:
        header = _cells(next(rows, (1, [])), path)
        numbers = [
            _index(column, number, header, path) for column, number in zip(columns, numbers, strict=True)
        ]
    indices = [number or 0 for number in numbers]
    parse = partial(_parse, columns=indices, to_record=to_record, path=path)
    for _, record in parse_valid(rows, parse, on_error, DataError("contains no row", path)):
        yield record


def _number(column: str) -> int | None:
    return int(column) if column.removeprefix("-").isdecimal() else None


def _index(column: str, number: int | None, header: Sequence[str], path: Path | str) -> int:
    if number is not None:
        return number
    if column not in header:
        raise DataError(f"no column {column!r}; the first row has {', '.join(map(repr, header))}", path, 1)
    return header.index(column)


def _rows(path: Path | str, delimiter: str) -> Iterator[Row]:
    """Yield each row that is not blank, or its error, with the number of its first line."""
    line = first = 1

    def lines() -> Iterator[str]:
        nonlocal line
        for number, text in read_lines(path):
            line = number
            yield text + "\n"

    csv.field_size_limit(sys.maxsize)
    reader = csv.reader(lines(), delimiter=delimiter, strict=True)
    row: list[str] | DataError | None = []
    while row is not None:
        try:
            row = next(reader, None)
        except csv.Error as error:
            what = "unclosed quote" if "unexpected end of data" in str(error) else str(error)
            row = DataError(what, path, first)
        if row:
            yield first, row
        first = line + 1


def _cells(row: Row, path: Path | str) -> list[str]:
    number, cells = row
    if isinstance(cells, DataError):
        raise cells
    for cell in cells:
        check_utf8((number, cell), path)
    return cells


def _parse(
    row: Row,
    columns: Sequence[int],
    to_record: Callable[[Sequence[str], Origin], Record],
    path: Path | str,
) -> Record:
    number, cells = row[0], _cells(row, path)
    for column in columns:
        if not -len(cells) <= column < len(cells):
            plural = "" if len(cells) == 1 else "s"
            raise DataError(f"{len(cells)} column{plural}, but column {column} is selected", path, number)
    try:
        return to_record([cells[column] for column in columns], Origin(str(path), number))
    except ValueError as error:
        raise DataError(str(error), path, number) from None
