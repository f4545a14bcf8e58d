"""Development data for users who have none: a fixed fraction of the training data."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import sqrt
from typing import TypeVar

from seqnlp.errors import DataError

_FEWEST = 10
_GOLDEN = (sqrt(5) - 1) / 2

Record = TypeVar("Record")


def hold_out(records: Sequence[Record], share: float = 0.1) -> tuple[list[Record], list[Record]]:
    """Split training data into training and development data.

    The same records always give the same split. They are divided into sections of equal length, and one
    record of each section is held out. Its place in the section follows multiples of the golden ratio, so
    that a regular order of records, such as alternating labels, does not matter.

    Args:
        records: The training data, at least 10 records.
        share: The fraction to hold out, between 0 and 1. Both splits get at least one record.

    Returns:
        Training and development data, both in the order of the records.

    Raises:
        DataError: There are too few records.

    Example:
        >>> train, dev = hold_out(range(20))
        >>> dev
        [0, 16]
    """
    chosen = set(held_out_numbers(len(records), share))
    train = [record for index, record in enumerate(records) if index not in chosen]
    return train, [records[index] for index in sorted(chosen)]


def held_out_numbers(size: int, share: float = 0.1) -> Iterator[int]:
    """Return the numbers of the records that `hold_out` holds out, from 0 and in increasing order.

    Args:
        size: Number of records, at least 10.
        share: As for `hold_out`.

    Raises:
        DataError: There are too few records.
    """
    if size < _FEWEST:
        raise DataError(f"{size} training records are too few to hold out dev data; give dev data")
    count = min(max(1, round(size * share)), size - 1)
    bounds = (number * size // count for number in range(count + 1))
    return (
        start + int(number * _GOLDEN % 1 * (stop - start))
        for number, (start, stop) in enumerate(pairwise(bounds))
    )
