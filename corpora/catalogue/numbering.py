"""Splits by the numbers of records, for corpora without published splits."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

Record = TypeVar("Record")

SPLITS = ("train", "dev", "test")


def select_split(records: Iterable[Record], interval: int, split: str) -> Iterator[Record]:
    """Yield the records of a split. Of each interval, the last record but one is dev and the last is test.

    Args:
        records: All records.
        interval: Number of consecutive records with one of dev and one of test.
        split: One of `SPLITS`.

    Example:
        >>> list(select_split(range(20), 10, "dev"))
        [8, 18]
    """
    held_out = {interval - 2: "dev", interval - 1: "test"}
    for number, record in enumerate(records):
        if held_out.get(number % interval, "train") == split:
            yield record
