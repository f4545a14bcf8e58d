"""Batches through a model file side by side, one on each thread."""

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
        file: The model.
        threads: How many batches are computed side by side, each by one thread.
    """

    file: ModelFile
    threads: int

    @cached_property
    def _asked(self) -> Iterator[int]:
        """Counts the batches that were alone."""
        return count()

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(self.threads, thread_name_prefix="seqnlp")

    def map(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        """Map `function` over items, as many at a time as there are threads; results come in order."""
        return self._pool.map(function, items)

    def gather(
        self, function: Callable[[Sequence[int]], Sequence[Result]], groups: Sequence[Sequence[int]]
    ) -> list[Result]:
        """Compute groups side by side.

        Args:
            function: Gives a result for each of some numbers. A worker does all there is to do for its group,
                so that one computes while another encodes.
            groups: Numbers from 0, each in one group.

        Returns:
            The results in the order of the numbers.
        """
        results: list[Any] = [None] * sum(map(len, groups))
        for group, found in zip(groups, self.map(function, groups), strict=True):
            for number, result in zip(group, found, strict=True):
                results[number] = result
        return results

    def session(self, alone: bool) -> "InferenceSession":
        """What runs a batch.

        Args:
            alone: Whether nothing else is being computed: then it gets two threads, if there are any.
        """
        # One who asks once, such as a command with one sentence, need not wait for a second session.
        paired = alone and self.threads > 1 and next(self._asked) > 0
        return self.file.paired if paired else self.file.session
