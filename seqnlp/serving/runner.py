"""Run a model file on sentences, in batches of similar length and on several threads."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import NamedTuple

import numpy as np

from seqnlp.data.batching import Batch, Windows
from seqnlp.data.words import WordCodec
from seqnlp.serving.model_file import ModelFile
from seqnlp.serving.workers import Workers
from seqnlp.types import Array, Integers

POSITIONS = 2048
"""Rows times padded length of a batch: with fewer the CRF is slower, with more the LSTM leaves the cache."""
ENOUGH_ROWS = 24
"""Number of rows from which the time of a batch is proportional to its rows."""
_TOKENS = 4
"""Tokens of a language model in a batch, for each position of words."""

Words = Sequence[str]


class Computed(NamedTuple):
    """The outputs of a model for sentences.

    Attributes:
        windows: How the sentences are cut into rows, in the order of the sentences.
        batches: Each batch of rows of `windows`, and its outputs. Batches come as they are computed, so that
            decoding one overlaps with the computation of the next.
    """

    windows: Windows
    batches: Iterator[tuple[Batch, Sequence[Array]]]


@dataclass(frozen=True)
class Runner:
    """Runs a model file on sentences. Several threads may share one runner.

    Attributes:
        file: The model file.
        codec: The codec of the model.
        threads: As for `Model`.
        batch_size: As for `Model`.
        positions: The maximum of rows times padded length of a batch, unless it has a single row.
    """

    file: ModelFile
    codec: WordCodec
    threads: int
    batch_size: int | None = None
    positions: int = POSITIONS

    @cached_property
    def _workers(self) -> Workers:
        return Workers(self.file, self.threads)

    def __call__(self, sentences: Sequence[Words], outputs: Sequence[str]) -> Computed:
        """Run the model.

        Args:
            sentences: The words of each sentence. An empty one has no row.
            outputs: The names of the outputs to compute.
        """
        windows = Windows.from_lengths(
            [len(sentence) for sentence in sentences], self.codec.max_length, self.codec.context
        )
        words = list(chain.from_iterable(sentences))
        batches = list(self._batches(windows.lengths, self._costs(words, windows)))
        session = self._workers.session(alone=len(batches) == 1)

        def compute_alone(batch: Batch) -> Sequence[Array]:
            return self.file.run(outputs, self.codec.encode_words(words, windows).batch(batch), session)

        def compute(batch: Batch) -> Sequence[Array]:
            starts, lengths = windows.starts[batch.rows].tolist(), windows.lengths[batch.rows].tolist()
            rows = [words[start : start + length] for start, length in zip(starts, lengths, strict=True)]
            own = Batch(np.arange(batch.count), batch.count, batch.length)
            return self.file.run(outputs, self.codec.encode(rows).batch(own), session)

        computed = self._workers.map(compute, batches) if len(batches) > 1 else map(compute_alone, batches)
        return Computed(windows, zip(batches, computed, strict=True))

    def _costs(self, words: Words, windows: Windows) -> Integers:
        """Return the length of each row that decides how long it takes: in words, or in tokens.

        A language model takes longer than all other layers.
        """
        if self.codec.language is None:
            return windows.lengths
        from seqnlp.data.language_words import count_tokens

        return count_tokens(self.codec.language, words, windows)

    def _batches(self, lengths: Integers, costs: Integers) -> Iterator[Batch]:
        """Yield batches of rows of similar length, each padded to its longest.

        A batch of enough rows ends before a row that would make more than a twentieth of it padding.

        Args:
            lengths: The number of words of each row.
            costs: The length of each row in words or in tokens of a language model.
        """
        if len(lengths) == 1:  # the rest takes as long as encoding a sentence
            yield Batch(np.zeros(1, np.int64), 1, int(lengths[0]))
            return
        order = np.argsort(costs, kind="stable")
        rising = costs[order].tolist()
        limit = self.positions if costs is lengths else _TOKENS * self.positions
        first = tokens = 0
        for last, length in enumerate(rising):
            rows = last + 1 - first  # including this row, to whose length all are padded
            positions = rows * length
            padded = rows > ENOUGH_ROWS and positions > 1.05 * (tokens + length)
            if rows > 1 and (positions > limit or rows - 1 == self.batch_size or padded):
                yield Batch(order[first:last], rows - 1, int(lengths[order[first:last]].max()))
                first, tokens = last, 0
            tokens += length
        if rising:
            yield Batch(order[first:], len(rising) - first, int(lengths[order[first:]].max()))
