"""Texts in a column of a table."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from seqnlp.corpora.formats.table_options import Dialect
from seqnlp.errors import DataError, OnError, stop
from seqnlp.serving.items import Item, ItemReader
from seqnlp.text.utf8 import Line

if TYPE_CHECKING:
    from seqnlp.corpora.formats.tables import FindColumns


def table_reader(
    dialect: Dialect,
    column: Mapping[str, str],
    has_header: bool,
    find_columns: "FindColumns | None" = None,
) -> ItemReader:
    """Return a reader of the texts in a column of a table. The other cells become fields of the items.

    Args:
        dialect: The notation of cells.
        column: The column of the text by the name of its option: its name in the first row, or its number.
        has_header: Whether the first row names the columns. Otherwise their names are their numbers.
        find_columns: Finds the column of a table whose first row is data. None for a table with names.
    """

    def read(lines: Iterable[Line], name: str, on_error: OnError = stop) -> Iterator[Item]:
        from seqnlp.corpora.formats.rows import parse_rows
        from seqnlp.corpora.formats.tables import Table

        rows = parse_rows(lines, name, dialect)
        table = Table(name, dialect, column, find_columns)
        if has_header and (first := next(rows, None)) is not None:
            rows = table.read_header(chain([first], rows))
        names = _unique(table.header)
        for row in rows:
            try:
                cells = table.read_cells(row)
            except DataError as error:
                on_error(error)
                continue
            yield _item(cells, names, table.indices[0], row[0])

    return read


def _unique(names: Sequence[str]) -> list[str]:
    """Return the names of columns. A repeated name gets the number of its column, from 0: `other.3`."""
    unique: list[str] = []
    for number, name in enumerate(names):
        while name in unique:
            name = f"{name}.{number}"
        unique.append(name)
    return unique


def _item(cells: Sequence[str], header: Sequence[str], index: int, line: int) -> Item:
    names = header or list(map(str, range(len(cells))))
    fields = dict(zip(names, cells, strict=True))
    if names[index] == "text":  # the prediction repeats it
        del fields["text"]
    return Item(cells[index], sum(map(len, cells)) + len(cells), fields, line=line)
