"""How often each label occurs in each split, as rows of a table."""

from collections.abc import Mapping, Sequence
from typing import Any

_MOST = 40


def add_label_rows(table: Any, counts: Sequence[Mapping[str, int]]) -> str:
    """Add a row for each label, with its count in each split.

    Args:
        table: A table of `rich`.
        counts: The counts by label, for each split.

    Returns:
        A line about labels that are not shown; empty if all are.
    """
    labels = list(dict.fromkeys(label for split in counts for label in split))
    for label in labels[:_MOST]:
        table.add_row(label, *(f"{split.get(label, 0):,}" for split in counts))
    return f"... and {len(labels) - _MOST:,} more labels (--json lists all)" if len(labels) > _MOST else ""
