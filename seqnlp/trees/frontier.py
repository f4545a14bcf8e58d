"""Batches of binary trees for an ONNX graph that keeps little state between levels.

The graph computes all nodes of one height at a time. From level to level it passes the frontier: the nodes
that are computed and whose parent is not. The cost of a batch is therefore proportional to the number of
nodes plus the number of levels, and not to their product.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqnlp.data.words import Arrays
from seqnlp.trees.levels import Forest, ranges

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Frontier:
    """A batch of trees, ordered by height.

    Each level concatenates the words and the frontier nodes that it uses. The branches of a node are indices
    into this concatenation.

    Attributes:
        words: int64 [words], word indices in the forest, ordered by the height of the parent. Trees of a
            single word come last.
        left: int64 [inner nodes], index of the left branch of each node, level by level.
        right: int64 [inner nodes], index of the right branch.
        used: int64, frontier indices that each level uses, level by level.
        kept: int64, frontier indices that each level keeps, level by level. New nodes are appended after
        them. bounds: int64 [levels + 1, 4], the end of each level in `words`, `left`, `used` and `kept`. The
        first row
            is 0.
        nodes: int64 [words + inner nodes], node indices in the forest: of the words, then of the inner nodes
            in the order of computation.
    """

    words: Integers
    left: Integers
    right: Integers
    used: Integers
    kept: Integers
    bounds: Integers
    nodes: Integers

    @classmethod
    def of(cls, forest: Forest, trees: NDArray[np.integer[Any]]) -> "Frontier":
        """Lay out the selected trees of a forest."""
        sizes = forest.sizes[trees].astype(np.int64)
        count, inner = int(sizes.sum()), ranges(forest.branched[trees], sizes - 1)
        heights = forest.heights[inner]
        order = np.argsort(heights, kind="stable")
        # Numbers within the batch: all words, then inner nodes by height.
        starts = np.cumsum(sizes) - sizes
        numbers = np.empty(count + len(inner), np.int64)
        tree_nodes = np.cumsum(2 * sizes - 1) - (2 * sizes - 1)
        numbers[ranges(tree_nodes, sizes)] = np.arange(count)
        made = np.empty(len(inner), np.int64)
        made[order] = np.arange(count, count + len(inner))
        numbers[ranges(tree_nodes + sizes, sizes - 1)] = made
        owner = np.repeat(tree_nodes, sizes - 1)
        branches = np.stack([numbers[owner + side[inner]] for side in (forest.left, forest.right)])[:, order]
        levels = np.concatenate([[0], np.cumsum(np.bincount(heights, minlength=1)[1:])])

        alive = np.zeros(0, np.int64)
        taken: list[Integers] = []
        places, used, kept = np.empty_like(branches), [alive], [alive]
        bounds = np.zeros((len(levels), 4), np.int64)
        for level, (first, last) in enumerate(pairwise(levels.tolist()), 1):
            needed = np.sort(branches[:, first:last], axis=None)
            words, below = needed[needed < count], needed[needed >= count]
            places[:, first:last] = np.searchsorted(needed, branches[:, first:last])
            here = np.searchsorted(alive, below)
            rest = np.delete(np.arange(len(alive)), here)
            taken.append(words)
            used.append(here)
            kept.append(rest)
            alive = np.concatenate([alive[rest], np.arange(count + first, count + last)])
            bounds[level] = bounds[level - 1] + (len(words), last - first, len(here), len(rest))
        taken.append(starts[sizes == 1])
        words = np.concatenate(taken)
        of_batch = np.empty(count + len(inner), np.int64)
        of_batch[numbers] = ranges(forest.nodes[trees], 2 * sizes - 1)
        return cls(
            words=ranges(forest.words[trees], sizes)[words],
            left=places[0],
            right=places[1],
            used=np.concatenate(used),
            kept=np.concatenate(kept),
            bounds=bounds,
            nodes=np.concatenate([of_batch[words], of_batch[count:]]),
        )

    def links(self) -> Arrays:
        """Return the inputs of the graph other than the words."""
        names = ("left", "right", "used", "kept", "bounds")
        return {name: getattr(self, name) for name in names}
