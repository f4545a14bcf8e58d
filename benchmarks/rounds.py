"""Run contenders in turns, each in its own process, so that their threads do not disturb each other."""

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
    """An object in its own process.

    Args:
        target: Its class, `module:name`. Only the new process imports it.
        arguments: The arguments of the constructor.
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
        """Call a method and return its result."""
        return self._pool.submit(_call, method, arguments).result()[0]

    def speed(self, method: str, *arguments: Any) -> float:
        """Call a method that returns an amount of work, and return the amount per second."""
        amount, seconds = self._pool.submit(_call, method, arguments).result()
        return float(amount) / seconds


class Series(NamedTuple):
    """Measured values, one per round."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """The median."""
        return median(self.values)

    def __str__(self) -> str:
        return f"{self.median:,.0f}"

    @property
    def spread(self) -> str:
        """The lowest and the highest value."""
        return f"{min(self.values):,.0f} – {max(self.values):,.0f}"

    def ratio(self, other: "Series") -> str:
        """Return the ratios to another series, round by round: median, lowest and highest."""
        ratios = [mine / theirs for mine, theirs in zip(self.values, other.values, strict=True)]
        return f"{median(ratios):.2f} ({min(ratios):.2f} – {max(ratios):.2f})"


def run_interleaved(contenders: Sequence[Callable[[], float]], rounds: int) -> list[Series]:
    """Run contenders in turns, A B C A B C …, so that other load on the machine affects all of them.

    Args:
        contenders: Functions that run once and return their speed.
        rounds: Number of turns of each, after a warm-up turn.

    Returns:
        The speeds of each contender.
    """
    speeds = [[run() for run in contenders] for _ in range(rounds + 1)][1:]
    return [Series(values) for values in zip(*speeds, strict=True)]
