"""Contenders in turns: each in a process of its own, so that no library's threads are in another's way."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from multiprocessing import get_context
from statistics import median
from time import perf_counter
from types import TracebackType
from typing import Any, NamedTuple, Self

_held: Any = None


def _hold(target: str, arguments: Mapping[str, Any]) -> None:
    global _held
    module, _, name = target.partition(":")
    _held = getattr(import_module(module), name)(**arguments)


def _call(method: str, arguments: Sequence[Any]) -> tuple[Any, float]:
    start = perf_counter()
    result = getattr(_held, method)(*arguments)
    return result, perf_counter() - start


class Worker:
    """An object in a process of its own.

    Args:
        target: Its class, `module:name`; only that process imports it.
        arguments: The constructor's.
    """

    def __init__(self, target: str, **arguments: Any) -> None:
        self._pool = ProcessPoolExecutor(1, get_context("spawn"), _hold, (target, arguments))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown()

    def call(self, method: str, *arguments: Any) -> Any:
        """The result of a method."""
        return self._pool.submit(_call, method, arguments).result()[0]

    def speed(self, method: str, *arguments: Any) -> float:
        """How much a method does in a second; it returns how much it did."""
        amount, seconds = self._pool.submit(_call, method, arguments).result()
        return float(amount) / seconds


class Series(NamedTuple):
    """What was measured, a value each round."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle."""
        return median(self.values)

    def __str__(self) -> str:
        return f"{self.median:,.0f}"

    @property
    def spread(self) -> str:
        """The lowest and the highest."""
        return f"{min(self.values):,.0f} – {max(self.values):,.0f}"

    def ratio(self, other: "Series") -> str:
        """This to another, round by round: the median, the lowest and the highest."""
        ratios = [mine / theirs for mine, theirs in zip(self.values, other.values, strict=True)]
        return f"{median(ratios):.2f} ({min(ratios):.2f} – {max(ratios):.2f})"


def interleaved(contenders: Sequence[Callable[[], float]], rounds: int) -> list[Series]:
    """Let contenders run in turns, A B C A B C …, so that a slow minute of the machine is slow for all.

    Args:
        contenders: Each runs once and says how fast it was.
        rounds: How many turns each gets, after one that does not count.

    Returns:
        What each measured.
    """
    speeds = [[run() for run in contenders] for _ in range(rounds + 1)][1:]
    return [Series(values) for values in zip(*speeds, strict=True)]
