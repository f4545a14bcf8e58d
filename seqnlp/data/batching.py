"""Batches of rows of similar length, so that little is padding.

Every batch has one of a few padded lengths, chosen for the data so that padding is least, and within a padded
length always the same number of rows: what is compiled for a shape is compiled once and used all through.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.integer]
Scalar = TypeVar("Scalar", bound=np.generic)


@dataclass(frozen=True, slots=True)
class Batch:
    """Which rows go together.

    Attributes:
        rows: The indices of the rows, at most `count`.
        count: How many rows the arrays have; those beyond `rows` are empty.
        length: To which length they are padded.
    """

    rows: Integers
    count: int
    length: int

    @property
    def positions(self) -> int:
        """How many positions the arrays have, padding included."""
        return self.count * self.length


@dataclass(frozen=True, slots=True)
class Buckets:
    """The padded lengths in use, in rising order, and how many positions a batch has at most.

    Attributes:
        lengths: The padded lengths; no row may be longer than the last.
        positions: Rows times padded length of a batch stay at or below this (`multiple` rows always fit).
        multiple: A batch has a multiple of so many rows.
    """

    lengths: tuple[int, ...]
    positions: int
    multiple: int = 1

    @classmethod
    def learn(cls, lengths: Integers, positions: int, most: int = 12, multiple: int = 1) -> "Buckets":
        """Choose the padded lengths with the least padding, exactly, by dynamic programming.

        Args:
            lengths: The lengths of the rows, at least one.
            positions: How many positions a batch may have.
            most: How many padded lengths there may be.
            multiple: A batch has a multiple of so many rows.
        """
        values, counts = np.unique(lengths, return_counts=True)
        rows = np.concatenate([[0], np.cumsum(counts)])
        used = np.full(len(values) + 1, np.inf)  # positions used by the shortest `i` lengths
        used[0] = 0
        chosen: list[Integers] = []
        for _ in range(min(most, len(values))):
            # cost[i, j]: lengths i up to j - 1 go into one bucket, padded to the longest of them.
            cost = used[:, None] + (rows[None, :] - rows[:, None]) * np.concatenate([[0], values])[None, :]
            cost[np.tril_indices(len(values) + 1)] = np.inf
            chosen.append(cost.argmin(axis=0))
            used = cost.min(axis=0)
        bounds, end = [], len(values)
        for before in reversed(chosen):
            bounds.append(int(values[end - 1]))
            end = int(before[end])
        return cls(tuple(reversed(bounds)), positions, multiple)

    def covering(self, length: int) -> "Buckets":
        """The same padded lengths, and one more if rows may be longer than the last."""
        return self if length <= self.lengths[-1] else replace(self, lengths=(*self.lengths, length))

    def count(self, length: int) -> int:
        """How many rows a batch of this padded length has."""
        return self.multiple * max(1, self.positions // (self.multiple * length))

    def batches(self, lengths: Integers, shuffled: np.random.Generator | None = None) -> list[Batch]:
        """Group rows into batches.

        Rows that do not fill a batch of their padded length move up to the next if that pads less than empty
        rows would.

        Args:
            lengths: The length of each row.
            shuffled: Shuffles the rows within each padded length, and the batches; by default rows of equal
                length stay in order, and the batches go from short to long.
        """
        bucket = np.searchsorted(self.lengths, lengths)
        batches = []
        waiting = np.empty(0, np.int64)
        for number, (length, longer) in enumerate(zip(self.lengths, (*self.lengths[1:], None), strict=True)):
            rows = np.flatnonzero(bucket == number)
            rows = (
                rows[np.argsort(lengths[rows], kind="stable")]
                if shuffled is None
                else shuffled.permutation(rows)
            )
            rows = np.concatenate([waiting, rows])
            count = self.count(length)
            rest = len(rows) % count
            moves_up = longer is not None and rest * (longer - length) < (count - rest) * length
            waiting = rows[len(rows) - rest :] if moves_up else rows[:0]
            rows = rows[: len(rows) - len(waiting)]
            batches += [Batch(rows[i : i + count], count, length) for i in range(0, len(rows), count)]
        if shuffled is not None:
            batches = [batches[i] for i in shuffled.permutation(len(batches))]
        return batches


def padding_share(batches: Iterable[Batch], lengths: Integers) -> float:
    """The share of all positions, from 0 to 1, that hold no token."""
    positions = tokens = 0
    for batch in batches:
        positions += batch.positions
        tokens += int(lengths[batch.rows].sum())
    return 1 - tokens / positions


def padded(flat: NDArray[Scalar], starts: Integers, lengths: Integers, batch: Batch) -> NDArray[Scalar]:
    """Lay rows of a flat array out in the rectangle of a batch, zeros in the padding.

    Args:
        flat: The values of all rows, [tokens].
        starts: Where each row begins in `flat`.
        lengths: How long each row is.
        batch: The rows wanted.

    Returns:
        An array [batch.count, batch.length].
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
    """How sentences, laid end to end, are cut into rows of bounded length.

    Attributes:
        starts: Where each row begins in the flat array of all tokens.
        lengths: How long each row is.
        kept: [rows, 2]: from where to where in the row predictions are used; the rest is context.
        owners: Of which sentence each row is.
    """

    starts: Integers
    lengths: Integers
    kept: Integers
    owners: Integers

    @classmethod
    def over(cls, sentences: Sequence[int], longest: int, context: int = 0) -> "Windows":
        """Cut every sentence longer than `longest` into rows of at most that length; an empty one has no row.

        Args:
            sentences: The length of each sentence, in tokens.
            longest: The greatest length of a row.
            context: How many tokens neighbouring rows share on each side of a cut, so that a tag beside it is
                predicted with both its sides in view; each token is kept from exactly one row.
        """
        rows = [
            (end - length + first, last - first, keep - first, until - first, number)
            for number, (end, length) in enumerate(zip(accumulate(sentences), sentences, strict=True))
            for first, last, keep, until in _cuts(length, longest, context)
        ]
        return cls.of_table(np.array(rows, np.int64).reshape(-1, 5))

    @classmethod
    def of_table(cls, table: Integers) -> "Windows":
        """Make them of their columns, [rows, 5], as `table` gives them."""
        return cls(table[:, 0], table[:, 1], table[:, 2:4], table[:, 4])

    @property
    def table(self) -> Integers:
        """All there is to know of them in columns, [rows, 5]."""
        return np.column_stack([self.starts, self.lengths, self.kept, self.owners])

    @property
    def whole(self) -> Integers:
        """The length of each sentence that has a row, however it is cut."""
        _, numbers = np.unique(self.owners, return_inverse=True)
        return np.bincount(numbers, self.kept[:, 1] - self.kept[:, 0]).astype(np.int64)

    def join(self, batch: Batch, values: NDArray[Any], out: NDArray[Any]) -> None:
        """Put the values of a batch's rows, as far as they are kept, where the tokens stand.

        Args:
            batch: The rows.
            values: [batch.count, batch.length].
            out: [tokens] of all sentences; changed in place.
        """
        starts, kept = self.starts[batch.rows], self.kept[batch.rows]
        if len(batch.rows) == 1:
            (start,), ((first, last),) = starts, kept
            out[start + first : start + last] = values[0, first:last]
            return
        steps = np.arange(batch.length)
        present = (steps >= kept[:, :1]) & (steps < kept[:, 1:])
        out[(starts[:, None] + steps)[present]] = values[: len(batch.rows)][present]


def _cuts(length: int, longest: int, context: int) -> list[tuple[int, int, int, int]]:
    """First and last token of each window of a sentence, and from where to where it is kept."""
    if length <= longest:
        return [(0, length, 0, length)] if length else []
    stride = longest - 2 * context
    return [
        (max(0, keep - context), min(length, keep + stride + context), keep, min(keep + stride, length))
        for keep in range(0, length, stride)
    ]
