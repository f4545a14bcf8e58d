"""What a sentence's best tree does wrong: the structured margin of a parser.

A tree is to score higher than any other by as much as that other one has wrong spans (Taskar et al. 2004;
Stern et al. 2017, eq. 2). A span is wrong if its label, or that it has none, is not what the right tree says
of these words.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqnlp.tasks.parsing.chart import best_trees, numbers_of
from seqnlp.trees.binary import NO_LABEL

Floats = NDArray[np.float32]
Integers = NDArray[np.integer[Any]]


def violations(
    best: Floats, labels: Integers, lengths: Integers, gold: Integers, gold_scores: Floats
) -> tuple[NDArray[np.int32], Floats, np.float32]:
    """Find the tree that violates the margin most, and in what it differs from the right one.

    Args:
        best: [batch, spans], the score of the best label of each span, numbered as `numbers_of` does.
        labels: [batch, spans], that label.
        lengths: [batch], how many words each sentence has.
        gold: [constituents, 4]: row, start, end and label of the right constituents.
        gold_scores: [constituents, labels], the scores of all labels at their spans.

    Returns:
        Row, start, end and label of the constituents that one tree has and the other has not, int32
        [differences, 4]; 1 for those of the violating tree, -1 for those of the right one; and how many of
        its spans are wrong, [].
    """
    time = int(np.sqrt(2 * best.shape[1]))
    rows, starts, ends, right = gold.T
    places = numbers_of(starts, ends, time)
    every = np.arange(len(gold))
    # Where the right tree has nothing, a label costs one; where it has one, every other and none do.
    values = np.maximum(best + 1, 0)
    chosen = np.where(best + 1 > 0, labels, NO_LABEL)
    others = gold_scores + 1
    others[every, right] -= 1
    favourite = others.argmax(axis=1)
    height = others[every, favourite]
    none_wins = (height < 1) & (ends - starts < lengths[rows])  # the whole sentence has a label in any case
    values[rows, places] = np.where(none_wins, 1, height)
    chosen[rows, places] = np.where(none_wins, NO_LABEL, favourite)

    wanted = np.full(best.shape, NO_LABEL, np.int64)
    wanted[rows, places] = right
    tree = best_trees(values, lengths, time)
    spans = numbers_of(tree.starts, tree.ends, time)
    found = chosen[tree.rows, spans]
    wrong = found != wanted[tree.rows, spans]
    extra = wrong & (found != NO_LABEL)
    kept = np.zeros(best.shape, bool)
    kept[tree.rows, spans] = ~wrong
    missing = ~kept[rows, places]
    differences = np.concatenate(
        [np.stack([tree.rows, tree.starts, tree.ends, found], axis=1)[extra], gold[missing]]
    )
    signs = np.repeat(np.array([1, -1], np.float32), [extra.sum(), missing.sum()])
    return differences.astype(np.int32), signs, np.float32(wrong.sum())
