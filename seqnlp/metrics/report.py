"""Reports of scores, prepared corpora and corpus checks: numbers, and tables that show them."""

import io
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from seqnlp.errors import escape_controls
from seqnlp.types import JsonObject

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table as RichTable

WIDTH = 100
"""Width of a printed report, in characters."""


@dataclass(frozen=True)
class Table:
    """A table of strings. Control characters, for example in labels, are shown as escapes.

    Attributes:
        columns: The column headings.
        rows: The rows, each with one string per column. None draws a line between two rows.
        title: A heading, or an empty string.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...] | None, ...]
    title: str = ""

    def to_rich(self) -> "RichTable":
        """Return the table for a `rich` console. Columns of numbers are aligned on the right."""
        from rich import box
        from rich.table import Table as RichTable
        from rich.text import Text

        def show(cell: str) -> Text:
            return Text(escape_controls(cell))  # it has no markup: a label may be `[red]` or `:cat:`

        title = show(self.title) if self.title else None
        table = RichTable(title=title, title_justify="left", box=box.HORIZONTALS)
        table.show_edge = table.pad_edge = False
        for place, column in enumerate(self.columns):
            table.add_column(show(column), justify="right" if self._is_numeric(place) else "left")
        for row in self.rows:
            if row is None:
                table.add_section()
            else:
                table.add_row(*map(show, row))
        return table

    def to_html(self) -> str:
        """Return the table as HTML, with all text escaped."""
        bodies: list[list[str]] = [[]]
        for row in self.rows:
            if row is None:
                bodies.append([])
            else:
                bodies[-1].append(_html_row("td", row))
        caption = f"<caption>{_escape(self.title)}</caption>" if self.title else ""
        body = "".join(f"<tbody>{''.join(rows)}</tbody>" for rows in bodies if rows)
        return f"<table>{caption}<thead>{_html_row('th', self.columns)}</thead>{body}</table>"

    def _is_numeric(self, place: int) -> bool:
        cells = [row[place] for row in self.rows if row is not None and row[place]]
        return bool(cells) and all(cell.lstrip("-")[:1].isdigit() for cell in cells) and place > 0


@dataclass(frozen=True)
class Report:
    """Numbers, and the tables and lines of text that show them.

    `print` shows a report as text, and a notebook shows it as HTML.

    Attributes:
        figures: The numbers as JSON values, by name.
        blocks: The tables and lines of text, from top to bottom.

    Example:
        >>> print(Report({"words": 7}, ("7 words",)))
        7 words
    """

    figures: JsonObject
    blocks: tuple[Table | str, ...]

    def to_dict(self) -> JsonObject:
        """Return the numbers by name."""
        return dict(self.figures)

    def render(self, console: "Console") -> None:
        """Print the report on a `rich` console."""
        from rich.text import Text

        for block in self.blocks:
            if isinstance(block, Table):
                console.print(block.to_rich())
            else:
                console.print(Text(escape_controls(block)), soft_wrap=True)

    def __str__(self) -> str:
        from rich.console import Console

        output = io.StringIO()
        self.render(Console(file=output, width=WIDTH, color_system=None, force_jupyter=False))
        return "\n".join(line.rstrip() for line in output.getvalue().splitlines())

    def _repr_html_(self) -> str:
        blocks = (
            each.to_html() if isinstance(each, Table) else f"<p>{_escape(each)}</p>" for each in self.blocks
        )
        return "\n".join(blocks)


def _html_row(tag: str, cells: tuple[str, ...]) -> str:
    return f"<tr>{''.join(f'<{tag}>{_escape(cell)}</{tag}>' for cell in cells)}</tr>"


def _escape(text: str) -> str:
    return escape(escape_controls(text))
