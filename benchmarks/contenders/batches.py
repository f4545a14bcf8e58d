"""How the contenders cut sentences into batches."""

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
    """Batches of `size` rows of similar length, each padded to its longest, which stands first."""
    order = np.argsort(-lengths, kind="stable")
    groups = [order[first : first + size] for first in range(0, len(order), size)]
    return [Batch(rows, len(rows), int(lengths[rows[0]])) for rows in groups]


class Steps:
    """The first training batches of an epoch, the same for each contender.

    Args:
        epochs: The batches of training.
        steps: How many batches.
        counted: The input with the lengths of what is counted as tokens.
    """

    def __init__(self, epochs: "Epochs", steps: int, counted: str = "lengths") -> None:
        self._epochs = epochs
        self.steps = min(steps, len(epochs.plan(0)))
        self.tokens = sum(int(inputs[counted].sum()) for inputs, _ in self)

    def __iter__(self) -> Iterator[tuple[Arrays, Array]]:
        for inputs, targets in islice(self._epochs.batches(0), self.steps):
            assert isinstance(targets, np.ndarray), "one target"
            yield inputs, targets
