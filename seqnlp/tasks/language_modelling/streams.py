"""Documents as one stream of ids, and training batches that continue each other."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Self, overload

import numpy as np

from seqnlp.data.batching import Batch
from seqnlp.data.encoded import Encoded
from seqnlp.data.language_codec import END
from seqnlp.data.stored import ArrayWriter
from seqnlp.types import Array, Arrays, Integers

_DTYPES = ((1 << 8, np.uint8), (1 << 16, np.uint16))
"""Dtypes for small vocabularies, with the largest number of ids."""


@dataclass(frozen=True)
class EncodedDocuments:
    """Documents as one array. Each document is followed by the end symbol.

    Attributes:
        ids: uint8, uint16 or int32 [tokens], the ids of all documents with their end symbols. The array can
            be memory-mapped, so use only a part of it at a time.
        lengths: int64 [documents], the number of ids of each document, including the end symbol.
    """

    ids: Integers
    lengths: Integers

    @classmethod
    def write(cls, rows: Iterable[tuple[Sequence[int], bool]], size: int) -> Self:
        """Write the ids of documents to a temporary file, of which a part is in memory at a time.

        Args:
            rows: The ids of each passage, without an end symbol, and whether its document ends with it.
            size: Number of ids of the vocabulary.

        Raises:
            DataError: The disk is full.
        """
        ids = ArrayWriter(next((dtype for most, dtype in _DTYPES if size <= most), np.int32))
        lengths, length = ArrayWriter(np.int64), 0
        for row, last in rows:
            ids.append([*row, END] if last else row)
            length += len(row) + last
            if last:
                lengths.append([length])
                length = 0
        return cls(ids.finish(), lengths.finish())

    @property
    def tokens(self) -> int:
        """The number of ids."""
        return len(self.ids)

    def batch(self, batch: Batch) -> Arrays:
        """Return the first ids of documents, `ids` int32 [rows, time], and their `lengths`."""
        starts = np.cumsum(self.lengths) - self.lengths
        arrays: Arrays = {
            "ids": np.zeros((batch.count, batch.length), np.int32),
            "lengths": np.zeros(batch.count, np.int32),
        }
        for place, row in enumerate(batch.rows):
            found = self.ids[starts[row] : starts[row] + min(self.lengths[row], batch.length)]
            arrays["ids"][place, : len(found)], arrays["lengths"][place] = found, len(found)
        return arrays

    def to_arrays(self) -> Arrays:
        """Return the arrays by name."""
        return {"ids": self.ids, "lengths": self.lengths}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Array]) -> Self:
        """Restore the documents from the result of `to_arrays`."""
        return cls(arrays["ids"], np.asarray(arrays["lengths"]))


@dataclass(frozen=True)
class StreamBatches:
    """The batches of truncated back-propagation: each row continues the same row of the batch before.

    In each epoch the ids are rotated by a random number, so that every epoch cuts them at other places.

    Attributes:
        encoded: The training data.
        rows: Number of parallel streams.
        window: Number of ids of each stream in a batch.
        seed: Seed of the rotation.
        direction: `forward`, `backward` (each row begins at its end) or `both`.
    """

    encoded: EncodedDocuments
    rows: int
    window: int
    seed: int
    direction: str = "forward"

    @classmethod
    def for_size(
        cls, encoded: EncodedDocuments, rows: int, window: int, seed: int, direction: str = "forward"
    ) -> Self:
        """Return batches of at most this size. A small corpus has fewer and shorter streams."""
        window = max(1, min(window, encoded.tokens - 1))
        return cls(encoded, max(1, min(rows, (encoded.tokens - 1) // window)), window, seed, direction)

    @property
    def steps(self) -> int:
        """The number of batches of an epoch."""
        return (self.encoded.tokens - 1) // self.rows // self.window

    @property
    def tokens(self) -> int:
        """The number of positions of an epoch."""
        return self.steps * self.rows * self.window

    @property
    def lengths(self) -> Integers:
        """The length of each row of each batch."""
        return np.broadcast_to(np.array(self.window), self.steps * self.rows)

    @property
    def padded_lengths(self) -> list[int]:
        """The only length."""
        return [self.window]

    def plan(self, epoch: int) -> "Plan":
        """Return the rows of each batch of an epoch, in order."""
        return Plan(self.steps, self.rows, self.window)

    def held_out(self, encoded: Encoded) -> list[Batch]:
        """Return nothing: held-out data are streams, too."""
        return []

    def batches(self, epoch: int) -> Iterator[tuple[Arrays, Array | Arrays]]:
        """Yield the inputs and the targets of each batch of an epoch.

        The inputs are `ids` int32 [rows, time] and `starts` int32 [rows], 1 in the first batch, whose state
        is zero. The targets are the next ids, int32 [rows, time]. Backward, the first batch contains the end
        of each row, and the targets are the ids before. For both directions, the inputs also contain
        `backward_ids`, and the targets are `next` and `previous` ids.
        """
        random = np.random.default_rng([self.seed, epoch])
        total = self.encoded.tokens
        stream = self.steps * self.window
        firsts = random.integers(total) + stream * np.arange(self.rows)[:, None]
        for step in range(self.steps):
            starts = np.full(self.rows, step == 0, np.int32)
            ahead, back = (
                self.encoded.ids[
                    (firsts + np.arange(each * self.window, (each + 1) * self.window + 1)) % total
                ].astype(np.int32)
                for each in (step, self.steps - 1 - step)
            )
            if self.direction == "forward":
                yield {"ids": ahead[:, :-1], "starts": starts}, ahead[:, 1:]
            elif self.direction == "backward":
                yield {"ids": back[:, 1:], "starts": starts}, back[:, :-1]
            else:
                inputs = {"ids": ahead[:, :-1], "starts": starts, "backward_ids": back[:, 1:]}
                yield inputs, {"next": ahead[:, 1:], "previous": back[:, :-1]}


@dataclass(frozen=True)
class Plan(Sequence[Batch]):
    """Batches of equal size.

    Attributes:
        steps: Number of batches.
        rows: Number of rows of a batch.
        window: Length of a row.
    """

    steps: int
    rows: int
    window: int

    def __len__(self) -> int:
        return self.steps

    @overload
    def __getitem__(self, index: int) -> Batch: ...

    @overload
    def __getitem__(self, index: slice) -> list[Batch]: ...

    def __getitem__(self, index: int | slice) -> Batch | list[Batch]:
        if isinstance(index, slice):
            return list(map(self.__getitem__, range(*index.indices(self.steps))))
        first = range(self.steps)[index] * self.rows
        return Batch(np.arange(first, first + self.rows), self.rows, self.window)
