"""Batches of binary trees for an ONNX graph that keeps little state between levels.

The graph computes the nodes of one level at a time. A level is a distance from the root, so the parents of
all its nodes are in the next level. From level to level the graph passes the frontier: the nodes that are
computed and whose parent is not. The cost of a batch is therefore proportional to the number of nodes plus
the number of levels, and not to their product.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from seqnlp.trees.levels import Forest, concatenate_ranges
from seqnlp.types import Arrays, Integers


@dataclass(frozen=True)
class Frontier:
    """A batch of trees, ordered by level, the roots last.

    Each level concatenates the words and the frontier nodes that it uses. The branches of a node are indices
    into this concatenation.

    Attributes:
        words: int64 [words], word indices in the forest, ordered by the level of the parent. Trees of a
            single word come last.
        left: int64 [inner nodes], index of the left branch of each node, level by level.
        right: int64 [inner nodes], index of the right branch.
        used: int64, frontier indices that each level uses, level by level.
        kept: int64, frontier indices that each level keeps, level by level. New nodes are appended to these.
        bounds: int64 [levels + 1, 4], the end of each level in `words`, `left`, `used` and `kept`. The first
            row is 0.
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
    def from_forest(cls, forest: Forest, trees: Integers) -> "Frontier":
        """Lay out the selected trees of a forest."""
        sizes = forest.sizes[trees].astype(np.int64)
        count, inner = int(sizes.sum()), concatenate_ranges(forest.inner_starts[trees], sizes - 1)
        # Numbers within the batch: all words, then inner nodes by level.
        starts = np.cumsum(sizes) - sizes
        numbers = np.empty(count + len(inner), np.int64)
        tree_nodes = np.cumsum(2 * sizes - 1) - (2 * sizes - 1)
        numbers[concatenate_ranges(tree_nodes, sizes)] = np.arange(count)
        owner = np.repeat(tree_nodes, sizes - 1)
        given = np.stack([owner + side[inner] for side in (forest.left, forest.right)])
        made = concatenate_ranges(tree_nodes + sizes, sizes - 1)
        places = np.full_like(numbers, -1)
        places[made] = np.arange(len(inner))
        distances = _measure_distances(places[given], np.cumsum(sizes - 1)[sizes > 1] - 1)
        order = np.argsort(-distances, kind="stable")
        numbers[made[order]] = np.arange(count, count + len(inner))
        branches = numbers[given][:, order]
        counts = np.bincount(distances)[::-1] if len(inner) else np.zeros(0, np.int64)
        levels = np.concatenate([[0], np.cumsum(counts)])

        # Each level uses all nodes of the level before, in their order.
        taken: list[Integers] = []
        used: list[Integers] = [np.zeros(0, np.int64)]
        indices = np.empty_like(branches)
        bounds = np.zeros((len(levels), 4), np.int64)
        for level, (first, last) in enumerate(pairwise(levels.tolist()), 1):
            needed = np.sort(branches[:, first:last], axis=None)
            words = needed[: np.searchsorted(needed, count)]
            indices[:, first:last] = np.searchsorted(needed, branches[:, first:last])
            taken.append(words)
            used.append(np.arange(len(needed) - len(words)))
            bounds[level] = bounds[level - 1] + (len(words), last - first, len(used[-1]), 0)
        taken.append(starts[sizes == 1])
        words = np.concatenate(taken)
        nodes = np.empty(count + len(inner), np.int64)
        nodes[numbers] = concatenate_ranges(forest.node_starts[trees], 2 * sizes - 1)
        return cls(
            words=concatenate_ranges(forest.word_starts[trees], sizes)[words],
            left=indices[0],
            right=indices[1],
            used=np.concatenate(used),
            kept=np.zeros(0, np.int64),
            bounds=bounds,
            nodes=np.concatenate([nodes[words], nodes[count:]]),
        )

    def to_arrays(self) -> Arrays:
        """Return the inputs of the graph other than the words."""
        names = ("left", "right", "used", "kept", "bounds")
        return {name: getattr(self, name) for name in names}


def _measure_distances(branches: Integers, roots: Integers) -> Integers:
    """Return the distance of each inner node from the root of its tree.

    Args:
        branches: int [2, inner nodes], the inner nodes that are branches of each inner node; -1 for words.
        roots: The inner nodes without a parent.
    """
    distances = np.zeros(branches.shape[1], np.int64)
    nodes, distance = roots, 0
    while len(nodes):
        distances[nodes] = distance
        below = branches[:, nodes].ravel()
        nodes, distance = below[below >= 0], distance + 1
    return distances
