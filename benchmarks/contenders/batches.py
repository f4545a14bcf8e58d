"""How the contenders cut sentences into batches."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.untrained import UntrainedTagger
from seqnlp.batching import Batch
from seqnlp.training_batches import training_batches
from seqnlp.words import Arrays

Sentences = Sequence[Sequence[str]]


def by_length(lengths: NDArray[np.integer[Any]], size: int) -> list[Batch]:
    """Batches of `size` rows of similar length, each padded to its longest, which stands first."""
    order = np.argsort(-lengths, kind="stable")
    groups = [order[first : first + size] for first in range(0, len(order), size)]
    return [Batch(rows, len(rows), int(lengths[rows[0]])) for rows in groups]


class Steps:
    """The first training batches of an epoch, the same for each contender.

    Args:
        untrained: Names the corpus.
        steps: How many batches.
    """

    def __init__(self, untrained: UntrainedTagger, steps: int) -> None:
        settings = untrained.settings
        self._epochs = training_batches(
            untrained.prepared.train, settings.training, settings.network.word_dropout
        )
        self.steps = min(steps, self._epochs.steps)
        self.tokens = sum(int(inputs["lengths"].sum()) for inputs, _ in self)

    def __iter__(self) -> Iterator[tuple[Arrays, NDArray[Any]]]:
        return islice(self._epochs.batches(0), self.steps)
