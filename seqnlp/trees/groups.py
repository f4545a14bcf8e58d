"""A batch split into independent groups of trees, one per thread."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqnlp.data.batching import Batch
from seqnlp.data.words import Arrays
from seqnlp.trees.levels import BLOCK, Forest, Levels

Integers = NDArray[np.integer[Any]]

ROWS = 2
"""Number of groups in a batch, for machines with at least two cores."""
SPARE = 8
"""The number of blocks per group is rounded up to a multiple of this, so that few shapes are compiled."""


@dataclass(frozen=True)
class Abreast:
    """A batch of trees in independent groups, each with its own layout.

    Attributes:
        rows: The groups, all with the same shape. The last one may have no trees.
    """

    rows: tuple[Levels, ...]

    @classmethod
    def of(cls, forest: Forest, batch: Batch) -> "Abreast":
        """Lay out a batch from `batches_of`."""
        parts = [batch.rows[first:last] for first, last in _filled(forest.sizes[batch.rows], batch.length)]
        parts += [batch.rows[:0]] * (ROWS - len(parts))
        rows = [Levels.of(forest, part, batch.length, SPARE) for part in parts]
        most = max(len(row.left) for row in rows) // BLOCK
        same = (
            row if len(row.left) == most * BLOCK else Levels.of(forest, part, batch.length, most)
            for row, part in zip(rows, parts, strict=True)
        )
        return cls(tuple(same))

    @cached_property
    def places(self) -> Integers:
        """The row of each node in the output of the network."""
        size = len(self.rows[0].above)
        return np.concatenate([row.rows + size * number for number, row in enumerate(self.rows)])

    @cached_property
    def nodes(self) -> Integers:
        """The node indices in the forest, in the order of `places`."""
        return np.concatenate([row.nodes for row in self.rows])

    def spread(self, values: NDArray[Any], nothing: Any) -> NDArray[Any]:
        """Copy values of forest nodes to the rows of the batch. Other rows get `nothing`."""
        return np.concatenate([row.spread(values, nothing) for row in self.rows])

    def inputs(self, words: NDArray[np.int32]) -> Arrays:
        """Return the inputs of the network.

        Args:
            words: int32, the ids of all words of the forest.

        Returns:
            `words` [rows, words], `left` and `right` [rows, slots], `above` [rows, words + slots] and
            `blocks` [rows], all int32, as in `Levels`.
        """
        links = {
            name: np.stack([getattr(row, name) for row in self.rows]) for name in ("left", "right", "above")
        }
        ids = np.zeros((ROWS, links["above"].shape[1] - links["left"].shape[1]), np.int32)
        for line, row in zip(ids, self.rows, strict=True):
            line[: len(row.words)] = words[row.words]
        return {"words": ids, **links, "blocks": np.array([row.blocks for row in self.rows], np.int32)}


def batches_of(sizes: Integers, order: Integers, positions: int) -> Iterator[Batch]:
    """Yield batches of trees with a limited number of words.

    Args:
        sizes: int [trees], the number of words of each tree.
        order: int [trees], the indices of the trees in the order of use.
        positions: Maximum number of words per batch. A tree that is longer than a group makes the groups
        longer.
    """
    ordered, length = sizes[order], positions // ROWS
    parts = list(_filled(ordered, length))
    for number in range(0, len(parts), ROWS):
        some = parts[number : number + ROWS]
        longest = max(int(ordered[first:last].sum()) for first, last in some)
        fits = length if longest <= length else 1 << (longest - 1).bit_length()
        yield Batch(order[some[0][0] : some[-1][1]], ROWS, fits)


def _filled(sizes: Integers, length: int) -> Iterator[tuple[int, int]]:
    """Yield the bounds of consecutive trees that fit into one group. A tree that is too long is alone."""
    first = words = 0
    for number, size in enumerate(sizes.tolist()):
        if number > first and words + size > length:
            yield first, number
            first, words = number, 0
        words += size
    if len(sizes):
        yield first, len(sizes)
