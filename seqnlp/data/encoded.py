"""Encoded records, from which batches are built."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol, Self

import numpy as np

from seqnlp.data.batching import Batch, pad_rows
from seqnlp.types import Array, Arrays, Integers


class Encoded(Protocol):
    """Records as arrays, in rows that a network reads.

    Each task defines its rows: sentences, windows of long texts, pairs, trees, series.
    """

    @property
    def lengths(self) -> Integers:
        """The number of positions of each row, [rows]. Rows of similar length form a batch."""

    @property
    def tokens(self) -> int:
        """The number of positions of all records, without padding."""

    def batch(self, batch: Batch) -> Arrays:
        """Return the inputs and the targets of a batch by name."""

    def to_arrays(self) -> Arrays:
        """Return all arrays by name, as `from_arrays` takes them."""

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Array]) -> Self:
        """Restore the records from the result of `to_arrays`."""


@dataclass(frozen=True)
class Sequences:
    """Sequences of any length as flat arrays: a ready-made `Encoded` for tasks whose records are sequences.

    Attributes:
        lengths: int64 [rows], the length of each sequence.
        steps: Arrays with one entry per position of all sequences, [tokens, …], such as ids or measurements.
        rows: Arrays with one entry per sequence, [rows, …], such as a label.

    Example:
        >>> values = np.array([1.0, 2.0, 5.0], np.float32)
        >>> sequences = Sequences(np.array([2, 1]), {"values": values})
        >>> sequences.batch(Batch(np.array([0, 1]), 2, 2))["values"]
        array([[1., 2.],
               [5., 0.]], dtype=float32)
    """

    lengths: Integers
    steps: Mapping[str, Array]
    rows: Mapping[str, Array] = field(default_factory=dict)

    @property
    def tokens(self) -> int:
        """The number of positions of all sequences."""
        return int(self.lengths.sum())

    @cached_property
    def _starts(self) -> Integers:
        return np.cumsum(self.lengths) - self.lengths

    def batch(self, batch: Batch) -> Arrays:
        """Return all arrays of a batch, zero in the padding, and int32 `lengths` [rows]."""
        present = slice(0, len(batch.rows))
        arrays: Arrays = {"lengths": np.zeros(batch.count, np.int32)}
        arrays["lengths"][present] = self.lengths[batch.rows]
        for name, flat in self.steps.items():
            arrays[name] = pad_rows(flat, self._starts, self.lengths, batch)
        for name, values in self.rows.items():
            arrays[name] = np.zeros((batch.count, *values.shape[1:]), values.dtype)
            arrays[name][present] = values[batch.rows]
        return arrays

    def to_arrays(self) -> Arrays:
        """Return all arrays by name."""
        return {"lengths": self.lengths, **dict(self._named())}

    def _named(self) -> Iterator[tuple[str, Array]]:
        for kind, arrays in (("steps", self.steps), ("rows", self.rows)):
            for name, array in arrays.items():
                yield f"{kind}.{name}", array

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Array]) -> Self:
        """Restore the records from the result of `to_arrays`."""
        steps = {
            name.removeprefix("steps."): array for name, array in arrays.items() if name.startswith("steps.")
        }
        rows = {
            name.removeprefix("rows."): array for name, array in arrays.items() if name.startswith("rows.")
        }
        return cls(np.asarray(arrays["lengths"]), steps, rows)
