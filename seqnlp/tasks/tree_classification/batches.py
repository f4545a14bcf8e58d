"""The batches that a recursive network is trained and scored on."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from seqnlp.data.batching import Batch
from seqnlp.data.word_dropout import unknown_rates, with_unknown
from seqnlp.data.words import Arrays
from seqnlp.tasks.tree_classification.codec import Encoded
from seqnlp.trees.binary import NO_LABEL
from seqnlp.trees.groups import Abreast, batches_of

if TYPE_CHECKING:
    from seqnlp.settings import TrainingSettings

ALIKE = 8
"""Trees of about one height go into a batch together, chosen among so many batches."""


@dataclass(frozen=True)
class TreeBatches:
    """The batches of each epoch; words are taken for unknown at random, the rarer the more often.

    Attributes:
        encoded: The training trees.
        positions: How many words a batch has at most; a tree of more is a batch of its own.
        word_dropout: As `seqnlp.data.word_dropout.unknown_rates` takes it.
        seed: Of the order and of the dropout; each epoch's are its own, whatever came before.
    """

    encoded: Encoded
    positions: int
    word_dropout: float
    seed: int

    @classmethod
    def of(cls, encoded: Encoded, settings: "TrainingSettings", word_dropout: float) -> "TreeBatches":
        """The batches of a training part, as large as the settings say."""
        return cls(encoded, settings.batch_positions(len(encoded.words)), word_dropout, settings.seed)

    @property
    def tokens(self) -> int:
        """How many words an epoch has."""
        return len(self.encoded.words)

    @property
    def lengths(self) -> NDArray[np.int32]:
        """How many words each tree has."""
        return self.encoded.forest.sizes

    @cached_property
    def steps(self) -> int:
        """How many batches an epoch has."""
        return len(self.plan(0))

    def plan(self, epoch: int) -> list[Batch]:
        """The batches of an epoch, in order."""
        return self._plan(epoch)[0]

    def _plan(self, epoch: int) -> tuple[list[Batch], np.random.Generator]:
        random = np.random.default_rng([self.seed, epoch])
        forest = self.encoded.forest
        order = random.permutation(len(forest))
        per_batch = max(1, self.positions * len(forest) // max(1, self.tokens))
        several = ALIKE * per_batch
        groups = [order[first : first + several] for first in range(0, len(order), several)]
        alike = [group[np.argsort(forest.tallest[group], kind="stable")] for group in groups]
        batches = list(batches_of(forest.sizes, np.concatenate(alike), self.positions))
        return [batches[number] for number in random.permutation(len(batches))], random

    @cached_property
    def _unknown_rates(self) -> NDArray[np.float64]:
        return unknown_rates(self.encoded.words, self.word_dropout)

    def batches(self, epoch: int) -> Iterator[tuple[Arrays, NDArray[Any]]]:
        """The inputs of each batch of an epoch, and the labels of its rows."""
        plan, random = self._plan(epoch)
        for batch in plan:
            layout = Abreast.of(self.encoded.forest, batch)
            inputs = layout.inputs(self.encoded.words)
            inputs["words"] = with_unknown(inputs["words"], self._unknown_rates, random)
            yield inputs, layout.spread(self.encoded.labels, NO_LABEL)
