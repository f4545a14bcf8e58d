"""Contests: start contenders, try several batch sizes, and compare speeds in a table."""

import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from typing import Any

from benchmarks.report import NONE, table
from benchmarks.rounds import Series, Worker, run_interleaved

TRIALS = 2  # rounds that select a batch size


def log(message: str) -> None:
    """Print a progress message on stderr."""
    print(f"{message} …", file=sys.stderr, flush=True)


def start_contender(stack: ExitStack, target: str, **arguments: Any) -> Worker:
    """Start a contender. It ends with the stack."""
    return stack.enter_context(Worker(f"benchmarks.contenders.{target}", **arguments))


def try_sizes(worker: Worker, method: str, sizes: Sequence[int], *arguments: Any) -> dict[int, Series]:
    """Measure a method with several batch sizes in turns. Its first argument is the batch size."""
    runs = [partial(worker.speed, method, size, *arguments) for size in sizes]
    return dict(zip(sizes, run_interleaved(runs, TRIALS), strict=True))


def best_size(sizes: dict[int, Series]) -> int:
    """Return the fastest batch size."""
    return max(sizes, key=lambda size: sizes[size].median)


def comparison_table(
    what: str, series: Sequence[Series], *lines: tuple[str, str], unit: str = "tokens"
) -> str:
    """Return a table of speeds and of the ratios of seqnlp, in the first row, to the others.

    Args:
        what: Description of the measurement.
        series: The speeds.
        lines: The name of each contender, and the required ratio of seqnlp to it.
        unit: The unit of work; speeds are in units per second.
    """
    first = series[0]
    rows = [
        [name, str(each), each.spread, NONE if each is first else first.ratio(each), bar]
        for (name, bar), each in zip(lines, series, strict=True)
    ]
    return table([what, f"{unit}/s, median", "lowest – highest", "ratio of seqnlp", "minimum"], rows)


def size_table(trials: Mapping[str, dict[int, Series]], unit: str = "tokens") -> str:
    """Return a table of the speeds at each batch size."""
    sizes = sorted({size for tried in trials.values() for size in tried})
    return table(
        [f"{unit}/s by batch size", *map(str, sizes)],
        [[name, *(str(tried.get(size, NONE)) for size in sizes)] for name, tried in trials.items()],
    )
