"""Batches of binary trees, laid out so that all nodes of one height are computed at once.

A node's height is one more than that of its higher branch; words have none. All words of a batch stand first,
then the nodes that have branches, by height, in blocks of `BLOCK` rows that hold nodes of one height only. A
block needs nothing but blocks before it, so that a batch costs as many steps as it has blocks, not as many as
it has nodes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqnlp.trees.binary import BinaryTree

Integers = NDArray[np.int32]

BLOCK = 8
"""Rows of a block: fewer are slower by themselves, more are emptier; 8 and 16 take about as long."""


@dataclass(frozen=True)
class Forest:
    """Binary trees as arrays, laid end to end.

    Attributes:
        sizes: int32 [trees], how many words each has.
        left: int32 [branched nodes], the left branch of each, by its number within its tree.
        right: int32 [branched nodes], the right branch.
        heights: int32 [branched nodes].
    """

    sizes: Integers
    left: Integers
    right: Integers
    heights: Integers

    @classmethod
    def of(cls, trees: Sequence[BinaryTree]) -> "Forest":
        """Take the shapes of trees."""
        heights: list[int] = []
        for tree in trees:
            found = [0] * len(tree.words)
            for left, right in zip(tree.left, tree.right, strict=True):
                found.append(1 + max(found[left], found[right]))
            heights += found[len(tree.words) :]
        return cls(
            np.array([len(tree.words) for tree in trees], np.int32),
            np.array([node for tree in trees for node in tree.left], np.int32),
            np.array([node for tree in trees for node in tree.right], np.int32),
            np.array(heights, np.int32),
        )

    def __len__(self) -> int:
        return len(self.sizes)

    @cached_property
    def words(self) -> NDArray[np.int64]:
        """Where the words of each tree begin, and where those of the last end."""
        return np.concatenate([[0], np.cumsum(self.sizes, dtype=np.int64)])

    @cached_property
    def branched(self) -> NDArray[np.int64]:
        """Where the branched nodes of each tree begin, and where those of the last end."""
        return self.words - np.arange(len(self.sizes) + 1)

    @cached_property
    def nodes(self) -> NDArray[np.int64]:
        """Where all nodes of each tree begin, and where those of the last end."""
        return self.words + self.branched

    @cached_property
    def tallest(self) -> Integers:
        """The height of each tree."""
        found = np.zeros(len(self.sizes), np.int32)
        some = self.sizes > 1
        found[some] = np.maximum.reduceat(self.heights, self.branched[:-1][some]) if some.any() else 0
        return found


@dataclass(frozen=True)
class Levels:
    """A batch of trees, laid out by height.

    A row is a word or a branched node: first `positions` rows for words, then blocks of rows for branched
    nodes. What is beyond the words, and what is left over in a block, is padding.

    Attributes:
        words: int64 [words], which words of the forest they are.
        rows: int64 [nodes], the row of each node, tree after tree in the order of the forest.
        nodes: int64 [nodes], which nodes of the forest they are.
        left: int32 [slots], the row of the left branch of each branched row; 0 in the padding.
        right: int32 [slots], that of the right one.
        above: int32 [rows], where its branch is in the left branches followed by the right ones; behind the
            last where there is no branch: at roots and in the padding.
        blocks: How many blocks are in use.
    """

    words: NDArray[np.int64]
    rows: NDArray[np.int64]
    nodes: NDArray[np.int64]
    left: Integers
    right: Integers
    above: Integers
    blocks: int

    @classmethod
    def of(cls, forest: Forest, trees: NDArray[np.integer[Any]], positions: int, spare: int = 1) -> "Levels":
        """Lay out some trees of a forest.

        Args:
            forest: The forest.
            trees: Which of its trees.
            positions: How many rows there are for words.
            spare: The number of blocks is made a multiple of this, so that few batches differ in shape.
        """
        sizes = forest.sizes[trees].astype(np.int64)
        branched, starts = sizes - 1, np.concatenate([[0], np.cumsum(sizes)])
        inner = ranges(forest.branched[trees], branched)
        heights = forest.heights[inner]
        order = np.argsort(heights, kind="stable")
        counts = np.bincount(heights, minlength=1)[1:]
        used = -(-counts // BLOCK)
        first = np.concatenate([[0], np.cumsum(counts)])[:-1]
        begins = np.concatenate([[0], np.cumsum(used)])[:-1] * BLOCK
        slots = np.empty(len(inner), np.int64)
        level = heights[order] - 1
        slots[order] = np.arange(len(inner)) - first[level] + begins[level]

        tree = np.repeat(np.arange(len(trees)), 2 * sizes - 1)
        node = ranges(np.zeros(len(trees), np.int64), 2 * sizes - 1)
        word = node < sizes[tree]
        rows = np.empty(len(node), np.int64)
        rows[word] = np.arange(starts[-1])
        rows[~word] = positions + slots
        before = np.concatenate([[0], np.cumsum(2 * sizes - 1)])[:-1]
        owner = np.repeat(before, branched)
        blocks = int(used.sum())
        count = max(1, -(-blocks // spare)) * spare * BLOCK
        left, right = np.zeros((2, count), np.int32)
        left[slots] = rows[owner + forest.left[inner]]
        right[slots] = rows[owner + forest.right[inner]]
        above = np.full(positions + count, 2 * count, np.int32)
        above[left[slots]], above[right[slots]] = slots, slots + count
        return cls(
            words=ranges(forest.words[trees], sizes),
            rows=rows,
            nodes=ranges(forest.nodes[trees], 2 * sizes - 1),
            left=left,
            right=right,
            above=above,
            blocks=blocks,
        )

    def spread(self, values: NDArray[Any], nothing: Any) -> NDArray[Any]:
        """Put values of the forest's nodes into the rows of the batch, and `nothing` into the others."""
        found = np.full((len(self.above), *values.shape[1:]), nothing, values.dtype)
        found[self.rows] = values[self.nodes]
        return found


def ranges(starts: NDArray[np.int64], lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """The numbers of ranges, one after the other."""
    ends = np.cumsum(lengths)
    return np.arange(ends[-1] if len(ends) else 0) + np.repeat(starts - ends + lengths, lengths)
