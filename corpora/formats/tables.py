"""Tables, CSV and TSV: what they have in the columns that are asked for."""

import csv
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

from seqnlp.corpora.formats.lines import check_utf8, read_lines
from seqnlp.corpora.problems import OnError, kept
from seqnlp.errors import ConfigError, DataError
from seqnlp.records import Origin

Row = tuple[int, list[str] | DataError]
Record = TypeVar("Record")


def check_delimiter(delimiter: str | None) -> None:
    """See that a delimiter, if one is given, can part columns.

    Raises:
        ConfigError: It is not one character.
    """
    if delimiter is not None and len(delimiter) != 1:
        raise ConfigError(f"the delimiter of a table is one character, not {delimiter!r}")


def read_table(
    path: Path | str,
    delimiter: str,
    columns: Sequence[str],
    record_of: Callable[[Sequence[str], Origin], Record],
    on_error: OnError,
) -> Iterator[Record]:
    """Read a table, plain or gzipped, row by row, as RFC 4180 has it: quotes hold delimiters and line ends.

    Args:
        path: The file, in UTF-8.
        delimiter: What parts columns.
        columns: The columns that are wanted, each by its name in the first row, or by its number, from 0, or
            from -1 backwards. If all are numbers the first row is data too.
        record_of: Makes a record of the cells in these columns; `ValueError` says what is wrong with them.
        on_error: Told of each row that cannot be read.

    Yields:
        The records in the order of the file.

    Raises:
        DataError: The file cannot be read, is empty, lacks a column; or, unless `on_error` lets it pass, a
            row has too few columns, bytes that are no UTF-8, a quote that does not end, or is no record.
    """
    rows = _rows(path, delimiter)
    numbers = [_number(column) for column in columns]
    if None in numbers:
        header = _cells(next(rows, (1, [])), path)
        numbers = [
            _place(column, number, header, path) for column, number in zip(columns, numbers, strict=True)
        ]
    wanted = [number or 0 for number in numbers]
    parse = partial(_parse, columns=wanted, record_of=record_of, path=path)
    for _, record in kept(rows, parse, on_error, DataError("holds no row", path)):
        yield record


def _number(column: str) -> int | None:
    return int(column) if column.removeprefix("-").isdecimal() else None


def _place(column: str, number: int | None, header: Sequence[str], path: Path | str) -> int:
    if number is not None:
        return number
    if column not in header:
        raise DataError(f"no column {column!r}; the first row has {', '.join(map(repr, header))}", path, 1)
    return header.index(column)


def _rows(path: Path | str, delimiter: str) -> Iterator[Row]:
    """The rows that are not blank, or what is wrong with them, each with the number of its first line."""
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
            what = "a quote does not end" if "unexpected end of data" in str(error) else str(error)
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
    record_of: Callable[[Sequence[str], Origin], Record],
    path: Path | str,
) -> Record:
    number, cells = row[0], _cells(row, path)
    for column in columns:
        if not -len(cells) <= column < len(cells):
            plural = "" if len(cells) == 1 else "s"
            raise DataError(f"{len(cells)} column{plural}; column {column} is wanted", path, number)
    try:
        return record_of([cells[column] for column in columns], Origin(str(path), number))
    except ValueError as error:
        raise DataError(str(error), path, number) from None
