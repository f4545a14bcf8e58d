"""Sentences through a model file: in batches of similar length, on as many cores as there are."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from seqnlp.data.batching import Batch
from seqnlp.data.words import EncodedWords, WordCodec
from seqnlp.serving.model_file import ModelFile
from seqnlp.serving.workers import Workers

POSITIONS = 2048
"""Rows times padded length of a batch: with fewer the CRF is slower, with more the LSTM leaves the cache."""
ENOUGH_ROWS = 24
"""With so many rows a step of the LSTM and of the CRF costs little more than its rows cost."""

Words = Sequence[str]
Result = TypeVar("Result")
Computed = Sequence[tuple[Batch, Sequence[NDArray[Any]]]]
"""Batches, and what the model gives for each."""


@dataclass(frozen=True)
class Runner:
    """Runs a model file on sentences.

    Several threads may use one runner.

    Attributes:
        file: The model.
        codec: The codec that it was trained with.
        threads: How many batches are computed side by side, each by one thread. A batch that is alone, such
            as a sentence, gets two threads: sooner done, for half as much computing again.
        batch_size: The most sentences of a batch; None to go by their length alone.
        positions: Rows times padded length of a batch, at most, where it has more than one row.
    """

    file: ModelFile
    codec: WordCodec
    threads: int
    batch_size: int | None = None
    positions: int = POSITIONS

    @cached_property
    def _workers(self) -> Workers:
        return Workers(self.file, self.threads)

    def __call__(
        self,
        sentences: Sequence[Words],
        outputs: Sequence[str],
        collect: Callable[[Sequence[int], EncodedWords, Computed], list[Result]],
    ) -> list[Result]:
        """Run the model.

        Args:
            sentences: The words of each.
            outputs: Which outputs of the graph are wanted.
            collect: Makes results of the numbers of some sentences, of these as they are encoded, and of what
                was computed for them.

        Returns:
            A result for each sentence.
        """
        groups = self._groups([len(sentence) for sentence in sentences])
        if len(groups) == 1:
            encoded, computed = self._computed(sentences, outputs, alone=self.threads > 1)
            return collect(range(len(sentences)), encoded, computed)

        def collected(group: Sequence[int]) -> list[Result]:
            return collect(group, *self._computed([sentences[number] for number in group], outputs))

        return self._workers.gather(collected, groups)

    def _computed(
        self, sentences: Sequence[Words], outputs: Sequence[str], alone: bool = False
    ) -> tuple[EncodedWords, Computed]:
        """Encode and compute; with all threads if nothing else is being computed."""
        encoded = self.codec.encode(sentences)
        batches = list(self._batches(encoded.windows.lengths))
        session = self._workers.session(alone and len(batches) == 1)

        def compute(batch: Batch) -> Sequence[NDArray[Any]]:
            return session.run(outputs, encoded.batch(batch))  # type: ignore[no-any-return]

        computed = (self._workers.map if alone and len(batches) > 1 else map)(compute, batches)
        return encoded, list(zip(batches, computed, strict=True))

    def _groups(self, lengths: Sequence[int]) -> list[Sequence[int]]:
        """Sentences of similar length together, as many as make a batch."""
        if len(lengths) < 2:
            return [range(len(lengths))]
        return [batch.rows.tolist() for batch in self._batches(np.asarray(lengths))]

    def _batches(self, lengths: NDArray[np.integer[Any]]) -> Iterator[Batch]:
        """Rows of similar length together, each batch padded to its longest.

        A batch of enough rows ends before a row that would make more than a twentieth of it padding.
        """
        order = np.argsort(lengths, kind="stable")
        rising = lengths[order].tolist()
        first = tokens = 0
        for last, length in enumerate(rising):
            rows = last + 1 - first  # with this one, to which all are padded
            positions = rows * length
            padded = rows > ENOUGH_ROWS and positions > 1.05 * (tokens + length)
            if rows > 1 and (positions > self.positions or rows - 1 == self.batch_size or padded):
                yield Batch(order[first:last], rows - 1, rising[last - 1])
                first, tokens = last, 0
            tokens += length
        if rising:
            yield Batch(order[first:], len(rising) - first, rising[-1])


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
