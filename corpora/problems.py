"""What a reader does about a sentence that is wrong: stop there, or skip it and remember."""

from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from typing import TypeAlias, TypeVar

from seqnlp.errors import DataError

OnError: TypeAlias = Callable[[DataError], None]
"""Told of each problem; where it returns, the reader skips the sentence that holds it and goes on."""

Block = TypeVar("Block")
Record = TypeVar("Record")


class ErrorPolicy(StrEnum):
    """The two ways to meet a problem, as options of the command line name them."""

    STOP = "stop"
    SKIP = "skip"


def stop(error: DataError) -> None:
    """Stop at the first problem.

    Raises:
        DataError: The problem, always.
    """
    raise error


class Problems:
    """Counts the sentences that a reader skips and remembers the first of their problems.

    An instance is an `OnError`: `read_conll(path, on_error=Problems())` skips what it cannot read.

    Args:
        keep: How many problems to remember.

    Attributes:
        count: How many there were.
        first: The first of them, at most `keep`.
    """

    def __init__(self, keep: int = 20) -> None:
        self.keep = keep
        self.count = 0
        self.first: list[DataError] = []

    def __call__(self, error: DataError) -> None:
        """Note a problem and let the reader go on."""
        self.count += 1
        if len(self.first) < self.keep:
            self.first.append(error.with_traceback(None))

    def extend(self, other: "Problems") -> None:
        """Note the problems of another instance after one's own."""
        self.count += other.count
        self.first.extend(other.first[: self.keep - len(self.first)])

    def summary(self, verb: str = "skipped", noun: str = "sentence") -> str:
        """Say it in one line: `skipped 9 sentences (first: train.conll:7: 1 column where ...)`."""
        plural = "" if self.count == 1 else "s"
        first = f" (first: {self.first[0]})" if self.first else ""
        return f"{verb} {self.count:,} {noun}{plural}{first}"


def kept(
    blocks: Iterable[Block], parse: Callable[[Block], Record], on_error: OnError, nothing: DataError
) -> Iterator[tuple[Block, Record]]:
    """Parse what can be parsed.

    Args:
        blocks: The pieces of a file, one a record.
        parse: Makes a record of a piece; raises `DataError` where it cannot.
        on_error: Told of every such error.
        nothing: Raised where the file has no piece at all.

    Yields:
        Each piece that could be parsed, with its record.

    Raises:
        DataError: What `on_error` raises; the first problem, where no piece at all could be parsed.
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
