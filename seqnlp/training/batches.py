"""The batches that any network is trained on."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from seqnlp.data.batching import Batch, Buckets
from seqnlp.data.word_dropout import drop_words, unknown_rates
from seqnlp.data.words import EncodedWords
from seqnlp.settings import TrainingSettings
from seqnlp.types import Arrays


@dataclass(frozen=True)
class TrainingBatches:
    """The batches of each epoch; words are taken for unknown at random, the rarer the more often.

    Attributes:
        encoded: The training sentences or texts.
        buckets: The padded lengths.
        word_dropout: As `seqnlp.data.word_dropout.unknown_rates` takes it.
        seed: Of the order and of the dropout; each epoch's are its own, whatever came before.
        labels: What each sentence or text is labelled with, [sentences, …]; None where each word is.
    """

    encoded: EncodedWords
    buckets: Buckets
    word_dropout: float
    seed: int
    labels: NDArray[Any] | None = None

    @classmethod
    def of(
        cls, encoded: EncodedWords, settings: TrainingSettings, word_dropout: float, **targets: Any
    ) -> Self:
        """The batches of a training part, their size and their padded lengths as the settings say.

        Args:
            encoded: The training sentences or texts.
            settings: How to train.
            word_dropout: As above.
            targets: What else there is to learn by: the attributes that have to do with targets.
        """
        lengths, tokens = encoded.windows.lengths, len(encoded.words)
        buckets = Buckets.learn(lengths, settings.batch_positions(tokens), settings.most_buckets(tokens))
        return cls(encoded, buckets, word_dropout, settings.seed, **targets)

    @property
    def tokens(self) -> int:
        """How many tokens an epoch has."""
        return len(self.encoded.words)

    @property
    def lengths(self) -> NDArray[np.integer[Any]]:
        """How long each row is."""
        return self.encoded.windows.lengths

    @cached_property
    def steps(self) -> int:
        """How many batches an epoch has."""
        return len(self.plan(0))

    def plan(self, epoch: int) -> list[Batch]:
        """The batches of an epoch, in order."""
        return self._plan(epoch)[0]

    @cached_property
    def _unknown_rates(self) -> NDArray[np.float64]:
        return unknown_rates(self.encoded.words, self.word_dropout)

    def _plan(self, epoch: int) -> tuple[list[Batch], np.random.Generator]:
        random = np.random.default_rng([self.seed, epoch])
        return self.buckets.batches(self.encoded.windows.lengths, random=random), random

    def batches(self, epoch: int) -> Iterator[tuple[Arrays, Any]]:
        """The inputs of each batch of an epoch, and its targets."""
        plan, random = self._plan(epoch)
        for batch in plan:
            inputs = self.encoded.batch(batch)
            inputs["words"] = drop_words(inputs["words"], self._unknown_rates, random)
            targets = self.targets(inputs, batch)
            yield inputs, targets

    def targets(self, inputs: Arrays, batch: Batch) -> Any:
        """The tags [rows, time], which are taken out of the inputs, or the labels [rows, …]."""
        return inputs.pop("tags") if self.labels is None else self._of_rows(self.labels, batch)

    def _of_rows(self, labels: NDArray[Any], batch: Batch) -> NDArray[Any]:
        rows = np.zeros((batch.count, *labels.shape[1:]), labels.dtype)
        rows[: len(batch.rows)] = labels[self.encoded.windows.owners[batch.rows]]
        return rows
