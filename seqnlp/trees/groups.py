"""A batch split into independent groups of trees, one per thread."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from seqnlp.data.batching import Batch
from seqnlp.trees.levels import BLOCK, Forest, Levels
from seqnlp.types import Array, Arrays, Ids, Integers

GROUPS = 2
"""Number of groups in a batch, for machines with at least two cores."""
BLOCK_MULTIPLE = 8
"""The number of blocks per group is rounded up to a multiple of this, so that few shapes are compiled."""


@dataclass(frozen=True)
class TreeGroups:
    """A batch of trees in independent groups, each with its own layout.

    Attributes:
        groups: The groups, all with the same shape. The last one may have no trees.
    """

    groups: tuple[Levels, ...]

    @classmethod
    def from_batch(cls, forest: Forest, batch: Batch) -> "TreeGroups":
        """Lay out a batch from `make_batches`."""
        members = [batch.rows[first:last] for first, last in _fill(forest.sizes[batch.rows], batch.length)]
        members += [batch.rows[:0]] * (GROUPS - len(members))
        groups = [Levels.from_forest(forest, trees, batch.length, BLOCK_MULTIPLE) for trees in members]
        blocks = max(len(group.left) for group in groups) // BLOCK
        same = (
            group
            if len(group.left) == blocks * BLOCK
            else Levels.from_forest(forest, trees, batch.length, blocks)
            for group, trees in zip(groups, members, strict=True)
        )
        return cls(tuple(same))

    @cached_property
    def places(self) -> Integers:
        """The row of each node in the output of the network."""
        size = len(self.groups[0].above)
        return np.concatenate([group.rows + size * number for number, group in enumerate(self.groups)])

    @cached_property
    def nodes(self) -> Integers:
        """The node indices in the forest, in the order of `places`."""
        return np.concatenate([group.nodes for group in self.groups])

    def scatter(self, values: Array, fill: float) -> Array:
        """Copy values of forest nodes to the rows of the batch. Other rows get `fill`."""
        return np.concatenate([group.scatter(values, fill) for group in self.groups])

    def inputs(self, words: Ids) -> Arrays:
        """Return the inputs of the network.

        Args:
            words: int32, the ids of all words of the forest.

        Returns:
            `words` [groups, words], `left` and `right` [groups, slots], `above` [groups, words + slots] and
            `blocks` [groups], all int32, as in `Levels`.
        """
        links = {
            name: np.stack([getattr(group, name) for group in self.groups])
            for name in ("left", "right", "above")
        }
        ids = np.zeros((GROUPS, links["above"].shape[1] - links["left"].shape[1]), np.int32)
        for row, group in zip(ids, self.groups, strict=True):
            row[: len(group.words)] = words[group.words]
        return {"words": ids, **links, "blocks": np.array([group.blocks for group in self.groups], np.int32)}


def make_batches(sizes: Integers, order: Integers, positions: int) -> Iterator[Batch]:
    """Divide trees into batches with a limited number of words.

    Args:
        sizes: int [trees], the number of words of each tree.
        order: int [trees], the indices of the trees in the order of use.
        positions: Maximum number of words per batch. Groups become longer if a tree does not fit.
    """
    ordered, length = sizes[order], positions // GROUPS
    groups = list(_fill(ordered, length))
    for number in range(0, len(groups), GROUPS):
        some = groups[number : number + GROUPS]
        needed = max(int(ordered[first:last].sum()) for first, last in some)
        fits = length if needed <= length else 1 << (needed - 1).bit_length()
        yield Batch(order[some[0][0] : some[-1][1]], GROUPS, fits)


def _fill(sizes: Integers, length: int) -> Iterator[tuple[int, int]]:
    """Yield the bounds of consecutive trees that fit into one group. A tree that is too long is alone."""
    first = words = 0
    for number, size in enumerate(sizes.tolist()):
        if number > first and words + size > length:
            yield first, number
            first, words = number, 0
        words += size
    if len(sizes):
        yield first, len(sizes)
