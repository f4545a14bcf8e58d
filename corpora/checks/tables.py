"""Tables of figures and of label counts, with one column per split."""

from collections import Counter
from collections.abc import Iterator, Mapping

from seqnlp.metrics.report import Table
from seqnlp.types import JsonObject

_MOST_LABELS = 40


def tabulate_figures(columns: Mapping[str, JsonObject]) -> Table:
    """Return a table with one row per figure.

    Args:
        columns: The figures of each column as JSON values. The names of nested figures are joined.

    Example:
        >>> print(tabulate_figures({"train": {"texts": 3500, "lengths": {"mean": 71.2}}}).rows)
        (('texts', '3,500'), ('lengths, mean', '71.2'))
    """
    texts = {name: dict(_flatten(figures)) for name, figures in columns.items()}
    names = dict.fromkeys(name for column in texts.values() for name in column)
    rows = ((name, *(column.get(name, "") for column in texts.values())) for name in names)
    return Table(("", *columns), tuple(rows))


def tabulate_counts(kind: str, columns: Mapping[str, Counter[str]]) -> Iterator[Table | str]:
    """Yield a table of at most 40 labels, one per row, and a line about the other labels.

    Args:
        kind: The name of the labels, such as "tags".
        columns: The count of each label, for each column.
    """
    labels = list(dict.fromkeys(label for column in columns.values() for label, _ in column.most_common()))
    rows = ((each, *(f"{column[each]:,}" for column in columns.values())) for each in labels[:_MOST_LABELS])
    yield Table((kind, *columns), tuple(rows))
    if len(labels) > _MOST_LABELS:
        yield f"... and {len(labels) - _MOST_LABELS:,} more {kind}"


def label_of(key: str) -> str:
    """Return the row label of a figure."""
    return key.replace("_", " ")


def text_of(value: object) -> str:
    """Return a figure as text, with thousands separators."""
    match value:
        case None:
            return "none"
        case bool():
            return "yes" if value else "no"
        case int() | float():
            return f"{value:,}"
        case _:
            return str(value)


def _flatten(figures: JsonObject, prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in figures.items():
        if isinstance(value, Mapping):
            yield from _flatten(value, f"{prefix}{label_of(key)}, ")
        else:
            yield f"{prefix}{label_of(key)}", text_of(value)
