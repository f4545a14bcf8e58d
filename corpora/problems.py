"""Treatment of invalid records: stop at the first one, or skip them and collect the problems."""

from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from typing import TypeVar

from seqnlp.errors import DataError
from seqnlp.errors import OnError as OnError
from seqnlp.errors import stop as stop

Block = TypeVar("Block")
Record = TypeVar("Record")


class ErrorPolicy(StrEnum):
    """The treatment of an invalid record: stop or skip it."""

    STOP = "stop"
    SKIP = "skip"


class Problems:
    """Count the records that a reader skips, and collect the first problems.

    Args:
        keep: Maximum number of problems to collect.

    Attributes:
        count: The number of problems.
        first: The first problems, at most `keep`.

    Example:
        >>> problems = Problems()
        >>> sentences = list(read_conll("train.conll", on_error=problems))  # skips invalid sentences
        >>> print(problems.summary())
        skipped 9 sentences (first: train.conll:7: 1 column, but line 1 has 2)
    """

    def __init__(self, keep: int = 20) -> None:
        self.keep = keep
        self.count = 0
        self.first: list[DataError] = []

    def __call__(self, error: DataError) -> None:
        """Add a problem. The reader continues."""
        self.count += 1
        if len(self.first) < self.keep:
            self.first.append(error.with_traceback(None))

    def extend(self, other: "Problems") -> None:
        """Append the problems of another instance."""
        self.count += other.count
        self.first.extend(other.first[: self.keep - len(self.first)])

    def summary(self, verb: str = "skipped", noun: str = "sentence") -> str:
        """Return the number of problems and the first one, in one line."""
        plural = "" if self.count == 1 else "s"
        first = f" (first: {self.first[0]})" if self.first else ""
        return f"{verb} {self.count:,} {noun}{plural}{first}"


def parse_valid(
    blocks: Iterable[Block], parse: Callable[[Block], Record], on_error: OnError, nothing: DataError
) -> Iterator[tuple[Block, Record]]:
    """Parse the blocks of a file, and skip invalid ones.

    Args:
        blocks: The blocks, one per record.
        parse: Returns the record of a block, or raises `DataError` if it is invalid.
        on_error: Receives each of these errors.
        nothing: The error to raise if there is no block.

    Yields:
        Each valid block with its record.

    Raises:
        DataError: `on_error` raises it, or no block is valid. Then it is the first problem.
    """
    empty = True
    first: DataError | None = None
    for block in blocks:
        try:
            record = parse(block)
        except DataError as error:
            first = first or error
            on_error(error)
            continue
        empty = False
        yield block, record
    if empty:
        raise first or nothing
