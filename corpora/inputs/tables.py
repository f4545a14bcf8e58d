"""Texts in a column of a table."""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from seqnlp.corpora.formats.lines import Line
from seqnlp.corpora.formats.rows import Dialect, Row, parse_rows
from seqnlp.corpora.formats.tables import Table, is_number
from seqnlp.errors import DataError, OnError, stop
from seqnlp.serving.items import Item, ItemReader

log = logging.getLogger("seqnlp")


def table_reader(dialect: Dialect, column: Mapping[str, str], gold_column: str) -> ItemReader:
    """Return a reader of the texts in a column of a table. The other cells become fields of the items.

    The first row names the columns if the column of the text has a name, or if it contains the name of the
    gold column. Otherwise the names of the columns are their numbers.

    Args:
        dialect: The notation of cells.
        column: The column of the text by the name of its option: its name in the first row, or its number.
        gold_column: The name or the number of the column of the label or target, which need not exist.
    """

    def read(lines: Iterable[Line], name: str, on_error: OnError = stop) -> Iterator[Item]:
        rows = parse_rows(lines, name, dialect)
        table = Table(name, dialect, column)
        first = next(rows, None)
        if first is not None and _is_header(first, column, gold_column, name):
            table.read_header(first)
        elif first is not None:
            rows = chain([first], rows)
        names = _unique(table.header)
        for row in rows:
            try:
                cells = table.read_cells(row)
            except DataError as error:
                on_error(error)
                continue
            yield _item(cells, names, table.indices[0], row[0])

    return read


def _is_header(row: Row, column: Mapping[str, str], gold_column: str, name: str) -> bool:
    """Return whether the first row of a table names the columns.

    A row that may name the columns, or not, is a text with a warning, so that no text is lost.
    """
    if not all(map(is_number, column.values())):
        return True
    if is_number(gold_column):
        return False
    if isinstance(row[1], DataError) or gold_column in row[1]:
        return True
    log.warning(
        "%s:%d: read as a text, not as the names of the columns, because it does not contain %r",
        name,
        row[0],
        gold_column,
    )
    return False


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
