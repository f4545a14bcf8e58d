"""Dev data for those who have none: a fixed share of the training data."""

from collections.abc import Sequence
from typing import TypeVar

from seqnlp.errors import DataError

Record = TypeVar("Record")

EVERY = 10
"""One of this many records is held out."""


def hold_out(records: Sequence[Record]) -> tuple[list[Record], list[Record]]:
    """Split training records into train and dev: every tenth record is dev.

    The split does not depend on any seed, and it is spread evenly over the records.

    Args:
        records: The training records, at least ten.

    Returns:
        The training records that remain, and the dev records.

    Raises:
        DataError: There are fewer than ten records.

    Example:
        >>> train, dev = hold_out(range(20))
        >>> dev
        [9, 19]
    """
    if len(records) < EVERY:
        raise DataError(
            f"{len(records)} training records are too few to hold out dev data; give dev data (--dev)"
        )
    dev = list(records[EVERY - 1 :: EVERY])
    return [record for number, record in enumerate(records, 1) if number % EVERY], dev
