"""The options of tables, and the notation of their cells. Reading a table is in `tables` and `rows`."""

from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from seqnlp.data.format_options import FormatOptions, option, unescape_delimiter
from seqnlp.errors import ConfigError

Quoting: TypeAlias = Literal["double", "none"]


class Dialect(NamedTuple):
    """The notation of cells.

    Attributes:
        delimiter: The character between cells.
        quoting: `double`: a cell in double quotes may contain delimiters and line ends, and two quotes stand
            for one, as in RFC 4180. `none`: quotes are text.
    """

    delimiter: str
    quoting: Quoting


CSV = Dialect(",", "double")
TSV = Dialect("\t", "none")


@dataclass(frozen=True, slots=True, kw_only=True)
class TableOptions(FormatOptions):
    """Options for files that may be tables.

    Raises:
        ConfigError: The delimiter is not one character, or is a quote or a line end.
    """

    delimiter: str | None = option(
        None, "Tables: delimiter of the columns; a comma in CSV and a tab in TSV by default"
    )
    quoting: Literal["double", "none"] | None = option(
        None,
        "Tables: double if cells may be in double quotes, none if quotes are text; by default double in CSV "
        "and none in TSV",
    )

    def __post_init__(self) -> None:
        object.__setattr__(self, "delimiter", unescape_delimiter(self.delimiter))
        _check_delimiter(self.delimiter)

    def dialect(self, default: Dialect) -> Dialect:
        """Return the notation of cells in a format with this default."""
        return Dialect(self.delimiter or default.delimiter, self.quoting or default.quoting)


def _check_delimiter(delimiter: str | None) -> None:
    """Raise an error if the delimiter of a table is not one character, or ends or quotes cells."""
    if delimiter is not None and (len(delimiter) != 1 or delimiter in '"\r\n'):
        raise ConfigError(
            f"the delimiter of a table must be one character, not a quote or a line end: {delimiter!r}"
        )


def is_number(column: str) -> bool:
    """Return whether a column is given by its number, not by its name."""
    return column.removeprefix("-").isdecimal()
