"""Batches of sentences for all contenders."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from seqnlp.data.batching import Batch
from seqnlp.types import Array, Arrays

if TYPE_CHECKING:
    from seqnlp.training.loop import Epochs

Sentences = Sequence[Sequence[str]]


def by_length(lengths: NDArray[np.integer[Any]], size: int) -> list[Batch]:
    """Return batches of `size` rows of similar length. The longest row is first and defines the length."""
    order = np.argsort(-lengths, kind="stable")
    groups = [order[first : first + size] for first in range(0, len(order), size)]
    return [Batch(rows, len(rows), int(lengths[rows[0]])) for rows in groups]


class Steps:
    """The first training batches of an epoch, the same for all contenders.

    Args:
        epochs: The training batches.
        steps: Number of batches.
        counted: The input whose sum is the number of tokens, such as `lengths`.
    """

    def __init__(self, epochs: "Epochs", steps: int, counted: str = "lengths") -> None:
        self._epochs = epochs
        self.steps = min(steps, len(epochs.plan(0)))
        self.tokens = sum(int(inputs[counted].sum()) for inputs, _ in self)

    def __iter__(self) -> Iterator[tuple[Arrays, Array]]:
        for inputs, targets in islice(self._epochs.batches(0), self.steps):
            assert isinstance(targets, np.ndarray), "one target"
            yield inputs, targets
