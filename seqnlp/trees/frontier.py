"""Batches of binary trees, laid out so that a graph goes up them with little in hand.

Level by level it makes all nodes of one height. What it carries from level to level is the frontier: nodes
that are made and whose own node above is not. So what a batch costs goes with its nodes and with its levels,
and not with their product.
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
    """A batch of trees, laid out by height.

    At each level the words that it takes and the nodes of the frontier that it takes stand one after the
    other, and its branches are places there.

    Attributes:
        words: [words], which words of the forest, by the height of the node above; those that are trees by
            themselves are the last.
        left: [branched], where the left branch of each node is, level after level.
        right: [branched], the right one.
        used: Places in the frontier that each level takes, level after level.
        kept: Places in the frontier that each level leaves, likewise; what it makes stands behind them.
        bounds: [levels + 1, 4], where each level ends in `words`, in `left`, in `used` and in `kept`; all
            begin at 0.
        nodes: [words + branched], which nodes of the forest the words are, and then the nodes as they are
            made.
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
        """Lay out some trees of a forest."""
        sizes = forest.sizes[trees].astype(np.int64)
        count, inner = int(sizes.sum()), ranges(forest.branched[trees], sizes - 1)
        heights = forest.heights[inner]
        order = np.argsort(heights, kind="stable")
        # Numbers within the batch: all words, then branched nodes by height.
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
        """What a graph is given beside the words."""
        names = ("left", "right", "used", "kept", "bounds")
        return {name: getattr(self, name) for name in names}
