"""How often each part of a corpus has each label, as rows of a table."""

from collections.abc import Mapping, Sequence
from typing import Any

_MOST = 40


def add_label_rows(table: Any, counts: Sequence[Mapping[str, int]]) -> str:
    """Add a row for each label, with its count in each part.

    Args:
        table: A table of `rich`.
        counts: By label, of each part.

    Returns:
        What to say of labels that are too many to show; empty where all are shown.
    """
    labels = list(dict.fromkeys(label for part in counts for label in part))
    for label in labels[:_MOST]:
        table.add_row(label, *(f"{part.get(label, 0):,}" for part in counts))
    return f"... and {len(labels) - _MOST:,} labels more (--json lists all)" if len(labels) > _MOST else ""
