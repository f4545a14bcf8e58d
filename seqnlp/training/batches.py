"""Training batches of any encoded records."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol, Self

import numpy as np

from seqnlp.data.batching import Batch, Buckets
from seqnlp.data.encoded import Encoded
from seqnlp.settings import TrainingSettings
from seqnlp.types import Array, Arrays, Integers

Augment = Callable[[Arrays, np.random.Generator], Arrays]
"""Changes the arrays of a batch at random, for example by word dropout."""


def split_targets(arrays: Arrays, targets: Sequence[str]) -> tuple[Arrays, Array | Arrays]:
    """Return the inputs and the targets of a batch. A single target is an array, several are a dict."""
    inputs = {name: array for name, array in arrays.items() if name not in targets}
    if len(targets) == 1:
        return inputs, arrays[targets[0]]
    return inputs, {name: arrays[name] for name in targets}


class Batches(Protocol):
    """The interface of training batches, for training and reports."""

    @property
    def tokens(self) -> int:
        """The number of positions of an epoch without padding."""

    @property
    def lengths(self) -> Integers:
        """The length of each row, [rows]."""

    @property
    def padded_lengths(self) -> list[int]:
        """The lengths to which rows are padded."""

    @property
    def steps(self) -> int:
        """The number of batches of the first epoch."""

    def plan(self, epoch: int) -> Sequence[Batch]:
        """Return the rows of each batch of an epoch, in order."""

    def held_out(self, encoded: Encoded) -> list[Batch]:
        """Return batches of other data, with the same padded lengths so that few new shapes are compiled."""

    def batches(self, epoch: int) -> Iterator[tuple[Arrays, Array | Arrays]]:
        """Yield the inputs and the targets of each batch of an epoch."""


@dataclass(frozen=True)
class TrainingBatches:
    """The batches of each epoch: rows of similar length, in a new order each epoch.

    Attributes:
        encoded: The training data.
        buckets: The padded lengths.
        seed: Seed of the order and of `augment`. The batches of an epoch do not depend on earlier epochs.
        targets: Names of the arrays that are targets. The others are inputs.
        augment: Changes batches at random; None leaves them as they are.
    """

    encoded: Encoded
    buckets: Buckets
    seed: int
    targets: Sequence[str]
    augment: Augment | None = None

    @classmethod
    def from_settings(
        cls,
        encoded: Encoded,
        settings: TrainingSettings,
        targets: Sequence[str],
        augment: Augment | None = None,
        multiple: int = 1,
    ) -> Self:
        """Choose the size of batches and the padded lengths by the settings.

        Args:
            encoded: The training data.
            settings: The training settings.
            targets: Names of the arrays that are targets.
            augment: Changes batches at random.
            multiple: The number of rows of a batch is a multiple of this.
        """
        tokens = encoded.tokens
        positions, max_buckets = settings.batch_positions(tokens), settings.max_buckets(tokens)
        buckets = Buckets.learn(encoded.lengths, positions, max_buckets, multiple)
        return cls(encoded, buckets, settings.seed, targets, augment)

    @property
    def tokens(self) -> int:
        """The number of positions of an epoch without padding."""
        return self.encoded.tokens

    @property
    def lengths(self) -> Integers:
        """The length of each row, [rows]."""
        return self.encoded.lengths

    @property
    def padded_lengths(self) -> list[int]:
        """The lengths to which rows are padded."""
        return list(self.buckets.lengths)

    @cached_property
    def steps(self) -> int:
        """The number of batches of the first epoch."""
        return len(self.plan(0))

    def plan(self, epoch: int) -> list[Batch]:
        """Return the rows of each batch of an epoch, in order."""
        return self.order(self._random(epoch))

    def order(self, random: np.random.Generator) -> list[Batch]:
        """Return the rows of each batch in random order."""
        return self.buckets.batches(self.lengths, random=random)

    def held_out(self, encoded: Encoded) -> list[Batch]:
        """Return batches of other data, with the same padded lengths so that few new shapes are compiled."""
        lengths = encoded.lengths
        return self.buckets.cover(int(lengths.max(initial=1))).batches(lengths)

    def batches(self, epoch: int) -> Iterator[tuple[Arrays, Array | Arrays]]:
        """Yield the inputs and the targets of each batch of an epoch."""
        random = self._random(epoch)
        for batch in self.order(random):
            arrays = self.encoded.batch(batch)
            if self.augment is not None:
                arrays = self.augment(arrays, random)
            yield split_targets(arrays, self.targets)

    def _random(self, epoch: int) -> np.random.Generator:
        return np.random.default_rng([self.seed, epoch])
