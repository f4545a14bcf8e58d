"""Targets of the fuzzer, and the run of one target."""

import shutil
import signal
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from random import Random
from types import FrameType
from typing import TypeAlias

from seqnlp.errors import SeqnlpError, escape_controls

Target: TypeAlias = Callable[[Random, Path], None]
"""Makes one input from random numbers, in an empty folder, and uses it.

It may raise a `SeqnlpError`. Everything else that it raises is a fault of the product.
"""

SECONDS = 10
"""The longest time for one input."""


@dataclass(frozen=True)
class Failure:
    """A fault of the product.

    Attributes:
        target: The name of the target.
        seed: The seed of the run.
        number: The number of the input.
        reason: What happened, with the traceback.
    """

    target: str
    seed: int
    number: int
    reason: str

    def __str__(self) -> str:
        again = f"python -m tests.fuzz {self.target} --seed {self.seed} --first {self.number} --count 1"
        return f"{self.reason}\nTo see it again: {again}\n"


def try_inputs(
    name: str, target: Target, seed: int, numbers: Iterable[int], folder: Path
) -> Iterator[Failure | None]:
    """Try inputs of a target, and yield a failure or None for each.

    Args:
        name: The name of the target.
        target: The target.
        seed: The seed. With the name and the number it determines an input.
        numbers: The numbers of the inputs.
        folder: The folder for the files of all inputs.
    """
    for number in numbers:
        own = folder / f"{name}-{number}"
        own.mkdir(parents=True)
        reason = _try_input(target, Random(f"{name} {seed} {number}"), own)
        shutil.rmtree(own)
        yield None if reason is None else Failure(name, seed, number, reason)


def until(seconds: float | None, numbers: Iterable[int]) -> Iterator[int]:
    """Yield numbers for some seconds; None is no limit."""
    end = float("inf") if seconds is None else time.monotonic() + seconds
    yield from takewhile(lambda _: time.monotonic() < end, numbers)


def _try_input(target: Target, random: Random, folder: Path) -> str | None:
    """Return why an input shows a fault, or None."""
    try:
        with _limited_time():
            target(random, folder)
    except SeqnlpError as error:
        message = str(error)
        return None if message == escape_controls(message) else f"not one printable line: {message!r}"
    except Exception:
        return traceback.format_exc()
    return None


@contextmanager
def _limited_time() -> Iterator[None]:
    def stop(number: int, frame: FrameType | None) -> None:
        raise TimeoutError(f"an input took more than {SECONDS} seconds")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
