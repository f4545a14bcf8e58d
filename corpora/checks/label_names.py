"""Checks of the names of labels: those that may be one label, or no label."""

import re
from collections.abc import Mapping
from decimal import Decimal

from seqnlp.records import LabelledText

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")


def describe_equal_numbers(counts: Mapping[str, int]) -> str | None:
    """Return a warning about labels that are the same number, or None if there are none.

    Args:
        counts: The number of texts with each label.

    Example:
        >>> describe_equal_numbers({"1": 7, "1.0": 2, "2": 5})
        "labels that are equal numbers are different labels: '1' (7 texts) and '1.0' (2 texts)"
    """
    groups: dict[Decimal, list[str]] = {}
    for label in counts:
        if _NUMBER.fullmatch(label):
            groups.setdefault(Decimal(label), []).append(label)
    equal = [group for group in groups.values() if len(group) > 1]
    if not equal:
        return None
    shown = " and ".join(f"{label!r} ({counts[label]:,} {_texts(counts[label])})" for label in equal[0])
    more = f", and {len(equal) - 1:,} more" if len(equal) > 1 else ""
    return f"labels that are equal numbers are different labels: {shown}{more}"


def describe_header(first: LabelledText, counts: Mapping[str, int]) -> str | None:
    """Return a warning if the first row of a table without header looks like a header, or None.

    Args:
        first: The text of the first row.
        counts: The number of texts with each label.
    """
    if first.origin is None or first.origin.line != 1 or len(counts) < 3:
        return None
    if len(first.labels) != 1 or counts[first.labels[0]] != 1:
        return None
    return (
        f"only line 1 has the label {first.labels[0]!r}; if it names the columns, select columns by name, "
        "not by number"
    )


def _texts(count: int) -> str:
    return "text" if count == 1 else "texts"
