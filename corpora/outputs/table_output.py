"""A table of predictions: the rows, and how their cells are written."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from seqnlp.corpora.formats.table_options import Dialect
from seqnlp.errors import DataError
from seqnlp.serving.items import Item
from seqnlp.strict_json import dump_json
from seqnlp.types import JsonObject

_INPUT = "input"
_BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True)
class TableOutput:
    """A table of predictions.

    The columns of the input come first. If the prediction has a column of the same name, that of the input is
    called `input.NAME`, as are then all columns of the input whose names start with `input`.

    Attributes:
        dialect: The notation of cells.
        fields: The names of the columns of the input.
        columns: The names of the columns of a prediction.
        values: Returns a prediction as JSON values.
    """

    dialect: Dialect
    fields: tuple[str, ...]
    columns: tuple[str, ...]
    values: Callable[[Any], JsonObject]

    def header(self) -> str:
        """Return the row with the names of the columns.

        Raises:
            DataError: A name cannot be written without quotes.
        """
        collision = not set(self.columns).isdisjoint(self.fields)
        moved = (collision and (name in self.columns or _is_input(name)) for name in self.fields)
        names = (f"{_INPUT}.{name}" if move else name for name, move in zip(self.fields, moved, strict=True))
        return self._row([*names, *self.columns])

    def write(self, item: Item, prediction: Any) -> str:
        """Return the row of a prediction. A list or an object is written as JSON.

        Raises:
            DataError: A cell cannot be written without quotes, or the input has a field that the first input
                did not have.
        """
        for name in item.fields:
            if name not in self.fields:
                raise DataError(
                    f"the first input has no field {name!r}, so the table has no column for it; "
                    "write JSON lines instead"
                )
        found = dict(_flatten(self.values(prediction)))
        cells = [item.fields.get(name) for name in self.fields]
        return self._row([*map(_to_cell, cells), *(_to_cell(found.get(name)) for name in self.columns)])

    def _row(self, cells: Sequence[str]) -> str:
        write = _quote if self.dialect.quoting == "double" else _check
        first, *others = (write(cell, self.dialect.delimiter) for cell in cells)
        blank = not "".join([self.dialect.delimiter, first, *others]).strip()
        if blank or first.startswith(_BYTE_ORDER_MARK):
            first = _force_quotes(first, self.dialect)
        return self.dialect.delimiter.join([first, *others])


def _is_input(name: str) -> bool:
    return name.partition(".")[0] == _INPUT


def _flatten(values: JsonObject) -> Iterator[tuple[str, Any]]:
    """Yield the name and the value of each column of a prediction."""
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from ((f"{name}.{key}", inner) for key, inner in value.items())
        else:
            yield name, value


def _to_cell(value: Any) -> str:
    """Return a JSON value as a cell: a string as it is, and null as an empty cell."""
    if value is None:
        return ""
    return value if isinstance(value, str) else dump_json(value, ensure_ascii=False)


def _quote(cell: str, delimiter: str) -> str:
    """Return a cell, in quotes if it needs them."""
    if any(character in cell for character in (delimiter, '"', "\n", "\r")):
        return '"' + cell.replace('"', '""') + '"'
    return cell


def _check(cell: str, delimiter: str) -> str:
    """Return a cell that needs no quotes.

    Raises:
        DataError: It needs quotes.
    """
    if any(character in cell for character in (delimiter, "\n", "\r")):
        raise _needs_quotes(cell)
    return cell


def _force_quotes(cell: str, dialect: Dialect) -> str:
    """Return the first cell of a row, which a reader would not read as it is.

    It starts with a byte order mark, or the row looks like a blank line.
    """
    if dialect.quoting == "none":
        raise _needs_quotes(cell)
    return cell if cell.startswith('"') else f'"{cell}"'


def _needs_quotes(cell: str) -> DataError:
    shown = cell if len(cell) <= 40 else f"{cell[:40]}…"
    return DataError(
        f"{shown!r} cannot be written in a table without quotes; write CSV, use --quoting double, or write "
        "JSON lines"
    )
