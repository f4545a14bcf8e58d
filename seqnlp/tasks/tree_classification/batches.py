"""Training batches of trees."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from seqnlp.data.batching import Batch
from seqnlp.data.encoded import Encoded
from seqnlp.data.word_dropout import drop_words, unknown_rates
from seqnlp.settings import TrainingSettings
from seqnlp.tasks.tree_classification.encoded import EncodedTrees, expect_trees
from seqnlp.training.batches import split_targets
from seqnlp.trees.groups import make_batches
from seqnlp.types import Array, Arrays, Integers

SORTED_BATCHES = 8
"""Number of batches whose trees are sorted by height together, to put similar heights into a batch."""


@dataclass(frozen=True)
class TreeBatches:
    """The batches of each epoch: trees of similar height in a new order, with word dropout.

    Attributes:
        encoded: The training trees.
        positions: Maximum number of words of a batch. A tree with more words is a batch of its own.
        word_dropout: The argument of `seqnlp.data.word_dropout.unknown_rates`.
        seed: Seed of the order and of the dropout. The batches of an epoch do not depend on earlier epochs.
    """

    encoded: EncodedTrees
    positions: int
    word_dropout: float
    seed: int

    @classmethod
    def from_settings(cls, encoded: EncodedTrees, settings: TrainingSettings, word_dropout: float) -> Self:
        """Choose the size of batches by the settings."""
        return cls(encoded, settings.batch_positions(encoded.tokens), word_dropout, settings.seed)

    @property
    def tokens(self) -> int:
        """The number of words of an epoch."""
        return self.encoded.tokens

    @property
    def lengths(self) -> Integers:
        """The number of words of each tree."""
        return self.encoded.lengths

    @property
    def padded_lengths(self) -> list[int]:
        """The lengths to which the groups of trees are padded, in words."""
        return sorted({batch.length for batch in self.plan(0)})

    @cached_property
    def steps(self) -> int:
        """The number of batches of the first epoch."""
        return len(self.plan(0))

    def plan(self, epoch: int) -> list[Batch]:
        """Return the trees of each batch of an epoch, in order."""
        return self._order(self._random(epoch))

    def held_out(self, encoded: Encoded) -> list[Batch]:
        """Return batches of other trees. They have the same size, so that few new shapes are compiled."""
        forest = expect_trees(encoded).forest
        order = np.argsort(forest.tree_heights, kind="stable")
        return list(make_batches(forest.sizes, order, self.positions))

    def batches(self, epoch: int) -> Iterator[tuple[Arrays, Array | Arrays]]:
        """Yield the inputs of each batch of an epoch, and the labels of its rows."""
        random = self._random(epoch)
        for batch in self._order(random):
            arrays = self.encoded.batch(batch)
            arrays["words"] = drop_words(arrays["words"], self._unknown_rates, random)
            yield split_targets(arrays, ["labels"])

    def _order(self, random: np.random.Generator) -> list[Batch]:
        forest = self.encoded.forest
        order = random.permutation(len(forest))
        per_batch = max(1, self.positions * len(forest) // max(1, self.tokens))
        count = SORTED_BATCHES * per_batch
        groups = [order[first : first + count] for first in range(0, len(order), count)]
        ordered = [group[np.argsort(forest.tree_heights[group], kind="stable")] for group in groups]
        batches = list(make_batches(forest.sizes, np.concatenate(ordered), self.positions))
        return [batches[number] for number in random.permutation(len(batches))]

    def _random(self, epoch: int) -> np.random.Generator:
        return np.random.default_rng([self.seed, epoch])

    @cached_property
    def _unknown_rates(self) -> NDArray[np.float64]:
        return unknown_rates(self.encoded.words, self.word_dropout)
