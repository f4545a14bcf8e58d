"""Threads that compute with a model file, one batch each."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from typing import TYPE_CHECKING, Any, TypeVar

from seqnlp.serving.model_file import ModelFile

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Workers:
    """The threads that compute with a model file.

    Attributes:
        file: The model file.
        threads: The number of batches that are computed in parallel, each on one thread.
    """

    file: ModelFile
    threads: int

    @cached_property
    def _single_batches(self) -> Iterator[int]:
        """The counter of calls with a single batch."""
        return count()

    @cached_property
    def _pools(self) -> dict[int, ThreadPoolExecutor]:
        """The threads of each process, by its id: a fork does not copy threads."""
        return {}

    def map(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        """Apply a function to items, on all threads. Results come in the order of the items."""
        pool = self._pools.get(os.getpid())
        if pool is None:
            pool = ThreadPoolExecutor(self.threads, thread_name_prefix="seqnlp")
            pool = self._pools.setdefault(os.getpid(), pool)
        return pool.map(function, items)

    def gather(
        self, function: Callable[[Sequence[int]], Sequence[Result]], groups: Sequence[Sequence[int]]
    ) -> list[Result]:
        """Apply a function to groups of items, on all threads.

        Args:
            function: Returns a result for each item of a group. It does all the work for its group, so that
                one thread computes while another encodes.
            groups: The numbers of the items, from 0; each is in one group.

        Returns:
            The results in the order of the numbers.
        """
        results: list[Any] = [None] * sum(map(len, groups))
        for group, found in zip(groups, self.map(function, groups), strict=True):
            for number, result in zip(group, found, strict=True):
                results[number] = result
        return results

    def session(self, alone: bool) -> "InferenceSession":
        """Return the session to compute a batch with.

        Args:
            alone: Whether it is the only batch. From the second call on, such a batch is computed on two
                threads, if there are several. A first and only call does not wait for a second session.
        """
        paired = alone and self.threads > 1 and next(self._single_batches) > 0
        return self.file.paired if paired else self.file.session


def count_cores() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
