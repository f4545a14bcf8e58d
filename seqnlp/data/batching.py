"""Batches of rows with similar lengths, to reduce padding.

Every batch has one of a few padded lengths, which are chosen to minimise padding on the data. All batches
with the same padded length have the same number of rows, so each shape is compiled only once.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from seqnlp.types import Array, Integers

Scalar = TypeVar("Scalar", bound=np.generic)


@dataclass(frozen=True, slots=True)
class Batch:
    """The rows of one batch.

    Attributes:
        rows: int [at most count], the indices of the rows.
        count: Number of rows in the arrays. Rows beyond `rows` are padding.
        length: The padded length of the rows.
    """

    rows: Integers
    count: int
    length: int

    @property
    def positions(self) -> int:
        """Number of positions in the arrays, including padding."""
        return self.count * self.length


@dataclass(frozen=True, slots=True)
class Buckets:
    """Padded lengths, in increasing order, and the maximum number of positions per batch.

    Attributes:
        lengths: The padded lengths. No row may be longer than the last one.
        positions: Maximum of rows times padded length of a batch. `multiple` rows are always allowed.
        multiple: The number of rows in a batch is a multiple of this.
    """

    lengths: tuple[int, ...]
    positions: int
    multiple: int = 1

    @classmethod
    def learn(cls, lengths: Integers, positions: int, max_buckets: int = 12, multiple: int = 1) -> "Buckets":
        """Choose the padded lengths that minimise padding, by exact dynamic programming.

        Args:
            lengths: int [rows], the lengths of the rows. At least one row is needed.
            positions: Maximum number of positions per batch.
            max_buckets: Maximum number of padded lengths.
            multiple: The number of rows in a batch is a multiple of this.

        Example:
            >>> Buckets.learn(np.array([3, 1, 3, 2, 2]), positions=6, max_buckets=2).lengths
            (2, 3)
        """
        values, counts = np.unique(lengths, return_counts=True)
        rows = np.concatenate([[0], np.cumsum(counts)])
        used = np.full(len(values) + 1, np.inf)  # positions used by the `i` shortest lengths
        used[0] = 0
        chosen: list[Integers] = []
        for _ in range(min(max_buckets, len(values))):
            # cost[i, j]: lengths i to j - 1 share one bucket and are padded to the longest of them.
            cost = used[:, None] + (rows[None, :] - rows[:, None]) * np.concatenate([[0], values])[None, :]
            cost[np.tril_indices(len(values) + 1)] = np.inf
            chosen.append(cost.argmin(axis=0))
            used = cost.min(axis=0)
        bounds, end = [], len(values)
        for before in reversed(chosen):
            bounds.append(int(values[end - 1]))
            end = int(before[end])
        return cls(tuple(reversed(bounds)), positions, multiple)

    def cover(self, length: int) -> "Buckets":
        """Return buckets that also cover rows of this length, adding a padded length if needed."""
        return self if length <= self.lengths[-1] else replace(self, lengths=(*self.lengths, length))

    def count(self, length: int) -> int:
        """Return the number of rows in a batch of this padded length."""
        return self.multiple * max(1, self.positions // (self.multiple * length))

    def batches(self, lengths: Integers, random: "np.random.Generator | None" = None) -> list[Batch]:
        """Group rows into batches.

        If the last rows of a padded length do not fill a batch, they move to the next padded length, provided
        that this adds less padding than empty rows would.

        Args:
            lengths: int [rows], the length of each row.
            random: A generator that shuffles the rows within each padded length, and the batches. By
                default rows of equal length stay in order, and batches go from short to long.

        Returns:
            The batches. Each row is in exactly one batch.

        Example:
            >>> lengths = np.array([3, 1, 3, 1])
            >>> [batch.rows.tolist() for batch in Buckets.learn(lengths, positions=6).batches(lengths)]
            [[1, 3], [0, 2]]
        """
        bucket = np.searchsorted(self.lengths, lengths)
        batches = []
        moved = np.empty(0, np.int64)
        for number, (length, longer) in enumerate(zip(self.lengths, (*self.lengths[1:], None), strict=True)):
            rows = np.flatnonzero(bucket == number)
            rows = (
                rows[np.argsort(lengths[rows], kind="stable")] if random is None else random.permutation(rows)
            )
            rows = np.concatenate([moved, rows])
            count = self.count(length)
            rest = len(rows) % count
            moves_up = longer is not None and rest * (longer - length) < (count - rest) * length
            moved = rows[len(rows) - rest :] if moves_up else rows[:0]
            rows = rows[: len(rows) - len(moved)]
            batches += [Batch(rows[i : i + count], count, length) for i in range(0, len(rows), count)]
        if random is not None:
            batches = [batches[i] for i in random.permutation(len(batches))]
        return batches


def padding_share(batches: Iterable[Batch], lengths: Integers) -> float:
    """Return the fraction of positions that are padding, from 0 to 1."""
    positions = tokens = 0
    for batch in batches:
        positions += batch.positions
        tokens += int(lengths[batch.rows].sum())
    return 1 - tokens / positions


def pad_rows(flat: NDArray[Scalar], starts: Integers, lengths: Integers, batch: Batch) -> NDArray[Scalar]:
    """Copy rows of a flat array to a rectangular batch, with zeros as padding.

    Args:
        flat: [tokens], the values of all rows.
        starts: int [rows], the start of each row in `flat`.
        lengths: int [rows], the length of each row.
        batch: The rows to copy.

    Returns:
        An array [batch.count, batch.length].

    Example:
        >>> batch = Batch(np.array([1, 0]), count=2, length=2)
        >>> pad_rows(np.array([7, 8, 9]), np.array([0, 1]), np.array([1, 2]), batch).tolist()
        [[8, 9], [7, 0]]
    """
    if batch.count == len(batch.rows) == 1 and lengths[batch.rows[0]] == batch.length:
        start = starts[batch.rows[0]]
        return flat[start : start + batch.length].reshape(1, batch.length).copy()
    steps = np.arange(batch.length)
    out = np.zeros((batch.count, batch.length), flat.dtype)
    present = steps < lengths[batch.rows][:, None]
    out[: len(batch.rows)][present] = flat[(starts[batch.rows][:, None] + steps)[present]]
    return out


@dataclass(frozen=True, slots=True)
class Windows:
    """The cuts of concatenated sentences into rows of limited length.

    Attributes:
        starts: int64 [rows], the start of each row in the flat array of all tokens.
        lengths: int [rows], the length of each row.
        kept: int64 [rows, 2], the start and end in each row of the tokens whose predictions are used.
        owners: int64 [rows], the index of the sentence of each row.
    """

    starts: Integers
    lengths: Integers
    kept: Integers
    owners: Integers

    @classmethod
    def from_lengths(cls, lengths: Sequence[int], max_length: int, context: int = 0) -> "Windows":
        """Cut sentences longer than `max_length` into several rows. An empty sentence has no row.

        Args:
            lengths: The length of each sentence, in tokens.
            max_length: Maximum length of a row.
            context: Number of tokens that neighbouring rows share on each side of a cut, so that tags near a
                cut are predicted with context on both sides. Each token is kept from exactly one row.

        Example:
            >>> Windows.from_lengths([5], max_length=3).lengths.tolist()
            [3, 2]
        """
        rows = [
            (end - length + first, last - first, keep - first, until - first, number)
            for number, (end, length) in enumerate(zip(accumulate(lengths), lengths, strict=True))
            for first, last, keep, until in _cut(length, max_length, context)
        ]
        return cls.from_table(np.array(rows, np.int64).reshape(-1, 5))

    @classmethod
    def from_table(cls, table: Integers) -> "Windows":
        """Restore windows from the array [rows, 5] that `table` returns."""
        return cls(table[:, 0], table[:, 1], table[:, 2:4], table[:, 4])

    @property
    def table(self) -> Integers:
        """All fields as the columns of one int64 array [rows, 5]."""
        return np.column_stack([self.starts, self.lengths, self.kept, self.owners])

    @property
    def sentence_lengths(self) -> Integers:
        """The full length of each sentence that has a row, int64 [sentences]."""
        _, numbers = np.unique(self.owners, return_inverse=True)
        return np.bincount(numbers, self.kept[:, 1] - self.kept[:, 0]).astype(np.int64)

    def join(self, batch: Batch, values: Array, out: Array) -> None:
        """Copy the kept values of a batch to the positions of their tokens.

        Args:
            batch: The rows.
            values: [batch.count, batch.length], one value per position.
            out: [tokens], the values of all sentences. Changed in place.
        """
        if len(batch.rows) == 1:  # plain slices are faster
            row = batch.rows[0]
            start, (first, last) = int(self.starts[row]), self.kept[row].tolist()
            out[start + first : start + last] = values[0, first:last]
            return
        starts, kept = self.starts[batch.rows], self.kept[batch.rows]
        steps = np.arange(batch.length)
        present = (steps >= kept[:, :1]) & (steps < kept[:, 1:])
        out[(starts[:, None] + steps)[present]] = values[: len(batch.rows)][present]


def _cut(length: int, max_length: int, context: int) -> list[tuple[int, int, int, int]]:
    """Return the start and end of each window of a sentence, and the start and end of its kept tokens."""
    if length <= max_length:
        return [(0, length, 0, length)] if length else []
    stride = max_length - 2 * context
    return [
        (max(0, keep - context), min(length, keep + stride + context), keep, min(keep + stride, length))
        for keep in range(0, length, stride)
    ]
