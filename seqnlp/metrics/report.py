"""Reports: figures for programs, and the same as tables for people."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Table:
    """A table of text.

    Attributes:
        columns: The headings.
        rows: The cells of each row.
        title: A heading above the table.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    title: str = ""

    def render(self) -> str:
        """Return the table as lines of text, the first column left-aligned and the others right-aligned."""
        lines = [self.columns, *self.rows]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        text = [
            "  ".join([first.ljust(widths[0]), *map(str.rjust, rest, widths[1:])]).rstrip()
            for first, *rest in lines
        ]
        return "\n".join([self.title, *text] if self.title else text)


@dataclass(frozen=True, slots=True)
class Report:
    """Figures, and how to show them.

    Attributes:
        figures: All figures as JSON values.
        blocks: What is shown, from top to bottom.
    """

    figures: Mapping[str, Any]
    blocks: tuple[Table | str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the figures as JSON values."""
        return dict(self.figures)

    def render(self) -> str:
        """Return the blocks as text."""
        return "\n".join(block if isinstance(block, str) else block.render() for block in self.blocks)

    def __str__(self) -> str:
        return self.render()
