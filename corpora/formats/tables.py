"""Tables: selected columns of CSV and TSV files."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import TypeAlias, TypeVar

from seqnlp.corpora.formats.rows import Row, read_rows
from seqnlp.corpora.formats.table_options import Dialect, is_number
from seqnlp.corpora.problems import OnError, parse_valid
from seqnlp.errors import DataError
from seqnlp.records import Origin

Record = TypeVar("Record")

FindColumns: TypeAlias = Callable[[Sequence[str]], Sequence[int]]
"""Returns the columns of interest of a first row that is data; none if the row can be a header."""


def read_table(
    path: Path | str,
    dialect: Dialect,
    columns: Mapping[str, str],
    to_record: Callable[[Sequence[str], Origin], Record],
    on_error: OnError,
    find_columns: FindColumns | None = None,
) -> Iterator[Record]:
    """Read a table row by row.

    Args:
        path: A file, plain or gzipped, in UTF-8.
        dialect: The notation of cells.
        columns: The columns by the name of their option: names in the first row, or numbers from 0, or from
            -1 backwards. If all are numbers, the first row is data.
        to_record: Converts the cells in these columns to a record, or raises `ValueError` if they are
            invalid.
        on_error: Receives each row that cannot be read. A row is invalid if its number of columns is not
            that of the first row, or it has bytes that are not UTF-8, an unclosed quote, or invalid cells.
        find_columns: Finds the columns of a table whose first row is data. None for a table with names.

    Yields:
        The records in the order of the file.

    Raises:
        DataError: The file cannot be read, is empty or lacks a column, or `on_error` raises.
    """
    rows = read_rows(path, dialect)
    table = Table(path, dialect, columns, find_columns)
    if not all(map(is_number, columns.values())):
        rows = table.read_header(rows)

    def parse(row: Row) -> Record:
        cells = table.read_cells(row)
        try:
            return to_record([cells[index] for index in table.indices], Origin(str(path), row[0]))
        except ValueError as error:
            raise DataError(str(error), path, row[0]) from None

    for _, record in parse_valid(rows, parse, on_error, DataError("contains no row", path)):
        yield record


class Table:
    """The columns of one file. The first row that can be read defines their number.

    Args:
        path: The file, for messages.
        dialect: The notation of cells.
        columns: The selected columns by the name of their option.
        find_columns: Finds the columns of a table whose first row is data. None for a table with names.

    Attributes:
        header: The names of the columns; empty if there is no header.
        indices: The index of each selected column.
    """

    def __init__(
        self,
        path: Path | str,
        dialect: Dialect,
        columns: Mapping[str, str],
        find_columns: FindColumns | None = None,
    ) -> None:
        self._path = path
        self._dialect = dialect
        self._columns = columns
        self._find_columns = find_columns
        self.header: list[str] = []
        self.indices = [int(column) for column in columns.values() if is_number(column)]
        self._width = 0
        self._first_line = 0

    def read_header(self, rows: Iterator[Row]) -> Iterator[Row]:
        """Find the columns by their names in the first row.

        Args:
            rows: All rows.

        Returns:
            The rows of data: all but the first, or all if the first one is data.

        Raises:
            DataError: There is no row, or it lacks a column.
        """
        first = next(rows, (1, []))
        cells = self._cells(first)
        found = self._find_columns(cells) if self._find_columns is not None else ()
        if len(found) >= len(self._columns):
            self.indices = list(found[: len(self._columns)])
            return chain([first], rows)
        self.header = cells
        self.indices = [
            int(column) if is_number(column) else self._find(name, column, cells, first[0])
            for name, column in self._columns.items()
        ]
        self._check_width(cells, first[0])
        return rows

    def read_cells(self, row: Row) -> list[str]:
        """Return the cells of a row.

        Raises:
            DataError: The row cannot be read, or has another number of columns than the first.
        """
        cells = self._cells(row)
        if len(cells) != self._width:
            self._check_width(cells, row[0])
        return cells

    def _cells(self, row: Row) -> list[str]:
        if isinstance(row[1], DataError):
            raise row[1]
        return row[1]

    def _find(self, name: str, column: str, header: Sequence[str], number: int) -> int:
        if header.count(column) == 1:
            return header.index(column)
        option = f"--{name.replace('_', '-')}"
        if column in header:
            raise DataError(
                f"{column!r} names several columns; use {option} with a number", self._path, number
            )
        shown = ", ".join(map(repr, header))
        names = (each.replace("_", "-") for each in self._columns)
        numbers = " ".join(f"--{each} {place}" for place, each in enumerate(names))
        raise DataError(
            f"no column {column!r}; the first row has {shown}; use {option} with one of these names, or "
            f"numbers if there is no header, such as {numbers}{self._quoting_hint(header)}",
            self._path,
            number,
        )

    def _check_width(self, cells: Sequence[str], number: int) -> None:
        """Define the number of columns at the first row, and reject any other number later."""
        width = len(cells)
        columns = f"{width} column{'' if width == 1 else 's'}"
        if self._width:
            message = f"{columns}, but line {self._first_line} has {self._width}{self._quoting_hint(cells)}"
            raise DataError(message, self._path, number)
        for index in self.indices:
            if not -width <= index < width:
                raise DataError(f"{columns}, but column {index} is selected", self._path, number)
        self._width, self._first_line = width, number

    def _quoting_hint(self, cells: Sequence[str]) -> str:
        """Return a hint for a row whose cells seem to be quoted, if quotes are text."""
        quoted = self._dialect.quoting == "none" and any(cell.startswith('"') for cell in cells)
        return "; --quoting double reads cells in quotes" if quoted else ""
