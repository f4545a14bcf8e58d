"""Sentences with one word per line, whose lines come back with tags."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rows:
    r"""The lines of a sentence with one word per line.

    Attributes:
        format: The name of the file format.
        lines: All lines, also those without a word.
        places: For each word, the index of its line.
        delimiter: Delimiter of the columns; None for spaces and tabs.
        tag_column: The column that a tag replaces; None to add a column.

    Example:
        >>> Rows("conll", ("Ada NNP", "sleeps VBZ"), (0, 1)).with_tags(["B-PER", "O"])
        'Ada NNP B-PER\nsleeps VBZ O\n'
    """

    format: str
    lines: tuple[str, ...]
    places: tuple[int, ...]
    delimiter: str | None = None
    tag_column: int | None = None

    def with_tags(self, tags: Sequence[str]) -> str:
        """Return the lines with a tag for each word."""
        lines = list(self.lines)
        for place, tag in zip(self.places, tags, strict=True):
            lines[place] = self._mark(lines[place], tag)
        return "".join(f"{line}\n" for line in lines)

    def _mark(self, line: str, tag: str) -> str:
        delimiter = self.delimiter or ("\t" if "\t" in line else " ")
        if self.tag_column is None:
            return f"{line}{delimiter}{tag}"
        columns = line.split(delimiter)
        columns[self.tag_column] = tag
        return delimiter.join(columns)
