"""Labelled texts in tables: CSV and TSV."""

import csv
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from seqnlp.corpora.label_sets import labels_of
from seqnlp.corpora.lines import check_utf8, read_lines
from seqnlp.corpora.problems import OnError, kept, stop
from seqnlp.errors import DataError
from seqnlp.records import LabelledText, Origin

Row = tuple[int, list[str] | DataError]


def read_table(
    path: Path | str,
    *,
    delimiter: str = ",",
    text_column: str = "text",
    label_column: str = "label",
    label_separator: str | None = None,
    on_error: OnError = stop,
) -> Iterator[LabelledText]:
    """Read a table, plain or gzipped, row by row, as RFC 4180 has it: quotes hold delimiters and line ends.

    Args:
        path: The file, in UTF-8.
        delimiter: What parts columns.
        text_column: The column of the text: its name in the first row, or its number, from 0, or from -1
            backwards. If both columns are numbers the first row is data too.
        label_column: The column of the label, likewise.
        label_separator: What parts the labels of a text that may have several, or none.
        on_error: Told of each row that cannot be read; by default raises the error.

    Yields:
        The texts in the order of the file.

    Raises:
        DataError: The file cannot be read, is empty, lacks a column; or, unless `on_error` lets it pass, a
            row has too few columns, no label, bytes that are no UTF-8, or a quote that does not end.
    """
    rows = _rows(path, delimiter)
    numbers = [_number(column) for column in (text_column, label_column)]
    if None in numbers:
        header = _cells(next(rows, (1, [])), path)
        numbers = [
            _place(column, number, header, path)
            for column, number in zip((text_column, label_column), numbers, strict=True)
        ]
    columns = [number or 0 for number in numbers]
    parse = partial(_parse, columns=columns, separator=label_separator, path=path)
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


def _parse(row: Row, columns: Sequence[int], separator: str | None, path: Path | str) -> LabelledText:
    number, cells = row[0], _cells(row, path)
    for column in columns:
        if not -len(cells) <= column < len(cells):
            plural = "" if len(cells) == 1 else "s"
            raise DataError(f"{len(cells)} column{plural}; column {column} is wanted", path, number)
    text, label = (cells[column] for column in columns)
    try:
        labels = labels_of(label, separator)
    except ValueError as error:
        raise DataError(str(error), path, number) from None
    return LabelledText(text, labels, Origin(str(path), number))
