"""Which merges of words cross the right constituents, and trees of merges laid out for the network.

A merge is wrong if what it covers crosses a right constituent. So every way of cutting a node of many
branches in two is right, and a tree without a wrong merge has all right constituents among its nodes.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from seqnlp.trees.binary import NO_LABEL
from seqnlp.trees.levels import Forest, Levels

Integers = NDArray[np.int32]

SPARE = 64
"""The number of blocks of a batch is made a multiple of this, so that few shapes need compiling."""


def limits(gold: Integers, batch: int, time: int) -> tuple[Integers, Integers]:
    """How far right constituents let others reach.

    Args:
        gold: [constituents, 4]: row, start, end and label of the right constituents.
        batch: How many sentences there are.
        time: To how many words they are padded.

    Returns:
        `closes` and `opens`, [time + 1, batch]: the end and the start of the smallest constituent that has a
        bound within itself. What starts there must not end behind the one; what ends there must not start
        before the other.
    """
    closes = np.full((time + 1, batch), time + 1, np.int32)
    opens = np.full((time + 1, batch), -1, np.int32)
    order = np.argsort(gold[:, 1] - gold[:, 2], kind="stable")  # the smaller ones last, to stay
    for row, start, end, _ in gold[order].tolist():
        closes[start + 1 : end, row] = end
        opens[start + 1 : end, row] = start
    return closes, opens


class Layout(NamedTuple):
    """Trees of merges as the network goes up them; two of each sentence, all found ones first.

    Attributes:
        places: int32 [positions], where the word of each row is among words [time * batch].
        left: int32 [slots], as `Levels` has it.
        right: int32 [slots], as well.
        above: int32 [rows], as well.
        blocks: int32 [1], as well.
        merges: int32 [time - 1, 2 * batch], the row of what each step merges in each tree; 0 where it is
            done.
        labels: int32 [rows], the right labels of the nodes of right trees; `NO_LABEL` of others.
    """

    places: Integers
    left: Integers
    right: Integers
    above: Integers
    blocks: Integers
    merges: Integers
    labels: Integers


def laid_out(starts: Integers, ends: Integers, lengths: Integers, gold: Integers, labels: int) -> Layout:
    """Lay out trees by the merges that make them.

    Args:
        starts: [time - 1, 2 * batch], the first words of what was merged: of trees that were found, and then
            of right ones.
        ends: [time - 1, 2 * batch], the words behind the last.
        lengths: [batch].
        gold: [constituents, 4]: row, start, end and label of the right constituents.
        labels: How many labels there are; nodes of right trees that are no constituents have that number.
    """
    batch, time = len(lengths), len(starts) + 1
    sizes = np.maximum(np.tile(lengths, 2), 1)
    levels = Levels.of(_forest(starts, ends, sizes), np.arange(2 * batch), 2 * time * batch, SPARE)
    words = np.tile(np.arange(time, dtype=np.int32)[:, None], 2 * batch)
    steps = np.arange(2 * time - 1)[:, None]
    there = np.where(steps < time, steps < sizes, steps - time < sizes - 1)
    tree, node = np.nonzero(there.T)  # in the order of the forest: each tree's words, then its merges
    is_word = node < time

    places = np.zeros(2 * time * batch, np.int32)
    places[: is_word.sum()] = node[is_word] * batch + tree[is_word] % batch
    merges = np.zeros((time - 1, 2 * batch), np.int32)
    merges[node[~is_word] - time, tree[~is_word]] = levels.rows[~is_word]
    wanted = np.full((batch, time + 1, time + 1), labels, np.int32)
    wanted[gold[:, 0], gold[:, 1], gold[:, 2]] = gold[:, 3]
    first, last = (np.concatenate(each)[node, tree] for each in ((words, starts), (words + 1, ends)))
    labelled = np.full(len(levels.above), NO_LABEL, np.int32)
    right = (tree >= batch) & (lengths[tree % batch] > 0)
    labelled[levels.rows[right]] = wanted[tree[right] - batch, first[right], last[right]]
    return Layout(
        places, levels.left, levels.right, levels.above, np.array([levels.blocks], np.int32), merges, labelled
    )


def _forest(starts: Integers, ends: Integers, sizes: Integers) -> Forest:
    """The shapes of trees, from the spans of their merges, [time - 1, trees], in order."""
    trees = np.arange(len(sizes))
    time = len(starts) + 1
    # Of what begins at each word by now: its number, its height, and the word behind its last.
    number = np.tile(np.arange(time, dtype=np.int32)[:, None], len(sizes))
    height, behind = np.zeros_like(number), number + 1
    left, right, heights = np.zeros((3, *starts.shape), np.int32)
    for step, (start, end) in enumerate(zip(starts, ends, strict=True)):
        middle = np.minimum(behind[start, trees], time - 1)
        left[step], right[step] = number[start, trees], number[middle, trees]
        heights[step] = 1 + np.maximum(height[start, trees], height[middle, trees])
        number[start, trees], height[start, trees], behind[start, trees] = sizes + step, heights[step], end
    there = (np.arange(time - 1)[:, None] < sizes - 1).T
    return Forest(sizes, left.T[there], right.T[there], heights.T[there])
