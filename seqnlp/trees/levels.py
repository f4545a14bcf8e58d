"""Batches of binary trees, laid out so that nodes of the same height are computed together.

The height of a node is one more than that of its higher branch. Words have height 0. A batch starts with all
words. The inner nodes follow, ordered by height, in blocks of `BLOCK` rows. All nodes in a block have the
same height. A block depends only on earlier blocks, so a batch takes one step per block instead of one per
node.
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
"""Number of rows per block. Small blocks need more steps, and large blocks contain more padding."""


@dataclass(frozen=True)
class Forest:
    """Binary trees as concatenated arrays.

    Attributes:
        sizes: int32 [trees], the number of words of each tree.
        left: int32 [inner nodes], the left branch of each node, as a node number within its tree.
        right: int32 [inner nodes], the right branch.
        heights: int32 [inner nodes], the height of each node.
    """

    sizes: Integers
    left: Integers
    right: Integers
    heights: Integers

    @classmethod
    def of(cls, trees: Sequence[BinaryTree]) -> "Forest":
        """Build a forest from the shapes of binary trees."""
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
        """Start offset of the words of each tree, and the total number of words."""
        return np.concatenate([[0], np.cumsum(self.sizes, dtype=np.int64)])

    @cached_property
    def branched(self) -> NDArray[np.int64]:
        """Start offset of the inner nodes of each tree, and their total number."""
        return self.words - np.arange(len(self.sizes) + 1)

    @cached_property
    def nodes(self) -> NDArray[np.int64]:
        """Start offset of the nodes of each tree, and the total number of nodes."""
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
    """A batch of trees, ordered by height.

    A row is a word or an inner node. The first `positions` rows are words, and blocks of inner nodes follow.
    Unused word rows and unused rows of a block are padding.

    Attributes:
        words: int64 [words], word indices in the forest.
        rows: int64 [nodes], the row of each node, tree by tree.
        nodes: int64 [nodes], node indices in the forest.
        left: int32 [slots], the row of the left branch of each inner row, 0 in the padding.
        right: int32 [slots], the row of the right branch.
        above: int32 [rows], the index of each row in the concatenation of `left` and `right`. Roots and
            padding get the length of this concatenation.
        blocks: Number of blocks in use.
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
        """Lay out the selected trees of a forest.

        Args:
            forest: The forest.
            trees: int [trees], the indices of the trees.
            positions: Number of rows for words.
            spare: Round the number of blocks up to a multiple of this, so that batches have few shapes.
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
        """Copy values of forest nodes to the rows of the batch. Other rows get `nothing`."""
        found = np.full((len(self.above), *values.shape[1:]), nothing, values.dtype)
        found[self.rows] = values[self.nodes]
        return found


def ranges(starts: NDArray[np.int64], lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the concatenated integer ranges with the given starts and lengths."""
    ends = np.cumsum(lengths)
    return np.arange(ends[-1] if len(ends) else 0) + np.repeat(starts - ends + lengths, lengths)
