"""Contenders against each other: begun, tried at several batch sizes, and compared in a table."""

import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from typing import Any

from benchmarks.report import NONE, table
from benchmarks.rounds import Series, Worker, interleaved

TRIALS = 2  # rounds that choose a batch size


def log(message: str) -> None:
    """Say on stderr what is being done."""
    print(f"{message} …", file=sys.stderr, flush=True)


def contender(stack: ExitStack, target: str, **arguments: Any) -> Worker:
    """Begin a contender; it ends with the stack."""
    return stack.enter_context(Worker(f"benchmarks.contenders.{target}", **arguments))


def trial(worker: Worker, method: str, sizes: Sequence[int], *arguments: Any) -> dict[int, Series]:
    """Try batch sizes in turns; each is a method's first argument, and others may follow."""
    runs = [partial(worker.speed, method, size, *arguments) for size in sizes]
    return dict(zip(sizes, interleaved(runs, TRIALS), strict=True))


def best(sizes: dict[int, Series]) -> int:
    """The fastest batch size."""
    return max(sizes, key=lambda size: sizes[size].median)


def compared(what: str, series: Sequence[Series], *lines: tuple[str, str], unit: str = "tokens") -> str:
    """A table of speeds and of what seqnlp, in the first line, is to the others.

    Args:
        what: What was measured.
        series: The speeds.
        lines: The name of each, and what seqnlp is to be to it at least.
        unit: What there is so much of in a second.
    """
    first = series[0]
    rows = [
        [name, str(each), each.spread, NONE if each is first else first.ratio(each), bar]
        for (name, bar), each in zip(lines, series, strict=True)
    ]
    return table([what, f"{unit}/s, median", "lowest – highest", "seqnlp to it", "bar"], rows)


def by_size(trials: Mapping[str, dict[int, Series]], unit: str = "tokens") -> str:
    """A table of the speeds at each batch size that was tried."""
    sizes = sorted({size for tried in trials.values() for size in tried})
    return table(
        [f"{unit}/s by batch size", *map(str, sizes)],
        [[name, *(str(tried.get(size, NONE)) for size in sizes)] for name, tried in trials.items()],
    )
