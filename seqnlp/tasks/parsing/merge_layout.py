"""Merges that cross gold constituents, and the layout of merged trees for the recursive network.

A merge is wrong if its words cross a gold constituent. Every way to split a node with many branches is
therefore correct, and a tree without a wrong merge contains all gold constituents.
"""

from typing import NamedTuple

import numpy as np

from seqnlp.trees.binary import NO_LABEL
from seqnlp.trees.levels import Forest, Levels
from seqnlp.types import Ids

SPARE = 64
"""The number of blocks of a batch is a multiple of this, so that few shapes need compiling."""


def crossing_limits(gold: Ids, batch: int, time: int) -> tuple[Ids, Ids]:
    """Return how far nodes can reach without crossing a gold constituent.

    Args:
        gold: int32 [constituents, 4]: row, start, end and label of the gold constituents.
        batch: The number of sentences.
        time: The padded length.

    Returns:
        `closes` and `opens`, int32 [time + 1, batch]: the end and the start of the smallest constituent that
        has a position strictly inside. A node that starts at the position must not end after `closes`; a node
        that ends there must not start before `opens`.
    """
    closes = np.full((time + 1, batch), time + 1, np.int32)
    opens = np.full((time + 1, batch), -1, np.int32)
    order = np.argsort(gold[:, 1] - gold[:, 2], kind="stable")  # smaller ones last: they overwrite
    for row, start, end, _ in gold[order].tolist():
        closes[start + 1 : end, row] = end
        opens[start + 1 : end, row] = start
    return closes, opens


class Layout(NamedTuple):
    """Two trees of merges per sentence, first all predicted and then all gold ones, for the network.

    Attributes:
        places: int32 [positions], the index among the words [time * batch] of each word row.
        left: int32 [slots], as in `Levels`.
        right: int32 [slots], as in `Levels`.
        above: int32 [rows], as in `Levels`.
        blocks: int32 [1], as in `Levels`.
        merges: int32 [time - 1, 2 * batch], the row of the node that each step merges in each tree; 0 after
            the last step.
        labels: int32 [rows], the gold labels of the nodes of gold trees; `NO_LABEL` for other nodes.
    """

    places: Ids
    left: Ids
    right: Ids
    above: Ids
    blocks: Ids
    merges: Ids
    labels: Ids


def lay_out_merges(starts: Ids, ends: Ids, lengths: Ids, gold: Ids, labels: int) -> Layout:
    """Lay out trees by their merges.

    Args:
        starts: int32 [time - 1, 2 * batch], the first words of the merged nodes: of all predicted trees, then
            of all gold trees.
        ends: int32 [time - 1, 2 * batch], their ends (exclusive).
        lengths: int32 [batch].
        gold: int32 [constituents, 4]: row, start, end and label of the gold constituents.
        labels: The number of labels. Nodes of gold trees that are not constituents have this label id.
    """
    batch, time = len(lengths), len(starts) + 1
    sizes = np.maximum(np.tile(lengths, 2), 1)
    levels = Levels.from_forest(_forest(starts, ends, sizes), np.arange(2 * batch), 2 * time * batch, SPARE)
    words = np.tile(np.arange(time, dtype=np.int32)[:, None], 2 * batch)
    steps = np.arange(2 * time - 1)[:, None]
    present = np.where(steps < time, steps < sizes, steps - time < sizes - 1)
    tree, node = np.nonzero(present.T)  # in the order of the forest: the words of each tree, then its merges
    is_word = node < time

    places = np.zeros(2 * time * batch, np.int32)
    places[: is_word.sum()] = node[is_word] * batch + tree[is_word] % batch
    merges = np.zeros((time - 1, 2 * batch), np.int32)
    merges[node[~is_word] - time, tree[~is_word]] = levels.rows[~is_word]
    expected = np.full((batch, time + 1, time + 1), labels, np.int32)
    expected[gold[:, 0], gold[:, 1], gold[:, 2]] = gold[:, 3]
    first, last = (np.concatenate(each)[node, tree] for each in ((words, starts), (words + 1, ends)))
    labelled = np.full(len(levels.above), NO_LABEL, np.int32)
    in_gold = (tree >= batch) & (lengths[tree % batch] > 0)
    labelled[levels.rows[in_gold]] = expected[tree[in_gold] - batch, first[in_gold], last[in_gold]]
    return Layout(
        places, levels.left, levels.right, levels.above, np.array([levels.blocks], np.int32), merges, labelled
    )


def _forest(starts: Ids, ends: Ids, sizes: Ids) -> Forest:
    """Return the shapes of trees, from the spans of their merges, [time - 1, trees], in order."""
    trees = np.arange(len(sizes))
    time = len(starts) + 1
    # The number, the height and the end of the node that currently begins at each word.
    number = np.tile(np.arange(time, dtype=np.int32)[:, None], len(sizes))
    height, node_end = np.zeros_like(number), number + 1
    left, right, heights = np.zeros((3, *starts.shape), np.int32)
    for step, (start, end) in enumerate(zip(starts, ends, strict=True)):
        middle = np.minimum(node_end[start, trees], time - 1)
        left[step], right[step] = number[start, trees], number[middle, trees]
        heights[step] = 1 + np.maximum(height[start, trees], height[middle, trees])
        number[start, trees], height[start, trees], node_end[start, trees] = sizes + step, heights[step], end
    present = (np.arange(time - 1)[:, None] < sizes - 1).T
    return Forest(sizes, left.T[present], right.T[present], heights.T[present])
