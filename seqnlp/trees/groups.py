"""Rows of trees side by side: a batch that several threads go up at once."""

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
"""Rows of a batch: as many as a small machine has cores."""
SPARE = 8
"""The number of blocks of a row is made a multiple of this, so that few shapes need compiling."""


@dataclass(frozen=True)
class Abreast:
    """A batch of trees in rows that do not need each other, each laid out by itself.

    Attributes:
        rows: The rows, all of one shape; the last may be without trees.
    """

    rows: tuple[Levels, ...]

    @classmethod
    def of(cls, forest: Forest, batch: Batch) -> "Abreast":
        """Lay out a batch, as `batches_of` makes them."""
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
        """Where each node is in what a network gives."""
        size = len(self.rows[0].above)
        return np.concatenate([row.rows + size * number for number, row in enumerate(self.rows)])

    @cached_property
    def nodes(self) -> Integers:
        """Which nodes of the forest they are."""
        return np.concatenate([row.nodes for row in self.rows])

    def spread(self, values: NDArray[Any], nothing: Any) -> NDArray[Any]:
        """Put values of the forest's nodes where the nodes are, and `nothing` everywhere else."""
        return np.concatenate([row.spread(values, nothing) for row in self.rows])

    def inputs(self, words: NDArray[np.int32]) -> Arrays:
        """What a network reads.

        Args:
            words: The ids of all words of the forest.

        Returns:
            `words` [rows, words], `left` and `right` [rows, slots], `above` [rows, words + slots] and
            `blocks` [rows], all int32, as `Levels` has them.
        """
        links = {
            name: np.stack([getattr(row, name) for row in self.rows]) for name in ("left", "right", "above")
        }
        ids = np.zeros((ROWS, links["above"].shape[1] - links["left"].shape[1]), np.int32)
        for line, row in zip(ids, self.rows, strict=True):
            line[: len(row.words)] = words[row.words]
        return {"words": ids, **links, "blocks": np.array([row.blocks for row in self.rows], np.int32)}


def batches_of(sizes: Integers, order: Integers, positions: int) -> Iterator[Batch]:
    """Put trees together, as many as have so many words.

    Args:
        sizes: How many words each tree has.
        order: The numbers of the trees, in the order in which they are taken.
        positions: How many words a batch has at most; one with a tree of more than a row has longer rows.
    """
    ordered, length = sizes[order], positions // ROWS
    parts = list(_filled(ordered, length))
    for number in range(0, len(parts), ROWS):
        some = parts[number : number + ROWS]
        longest = max(int(ordered[first:last].sum()) for first, last in some)
        fits = length if longest <= length else 1 << (longest - 1).bit_length()
        yield Batch(order[some[0][0] : some[-1][1]], ROWS, fits)


def _filled(sizes: Integers, length: int) -> Iterator[tuple[int, int]]:
    """The bounds of neighbours that fit into a row together; a tree that does not fit stands alone."""
    first = words = 0
    for number, size in enumerate(sizes.tolist()):
        if number > first and words + size > length:
            yield first, number
            first, words = number, 0
        words += size
    if len(sizes):
        yield first, len(sizes)
