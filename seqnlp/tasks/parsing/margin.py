"""The structured margin of a parser: the errors of the best tree of a sentence.

The gold tree should score higher than any other tree, by at least the number of wrong spans of that tree
(Taskar et al. 2004; Stern et al. 2017, eq. 2). A span is wrong if its label, or having no label, differs from
the gold tree.
"""

import numpy as np

from seqnlp.tasks.parsing.chart import find_best_trees, span_numbers
from seqnlp.trees.binary import NO_LABEL
from seqnlp.types import Floats, Ids, Integers


def find_violations(
    best: Floats, labels: Integers, lengths: Integers, gold: Integers, gold_scores: Floats
) -> tuple[Ids, Floats, np.float32]:
    """Find the tree that violates the margin most, and how it differs from the gold tree.

    Args:
        best: float32 [batch, spans], the score of the best label of each span, ordered as in `span_numbers`.
        labels: [batch, spans], that label.
        lengths: [batch], the number of words of each sentence.
        gold: [constituents, 4]: row, start, end and label of the gold constituents.
        gold_scores: float32 [constituents, labels], the scores of all labels of their spans.

    Returns:
        Row, start, end and label of the constituents that only one of the two trees has, int32
        [differences, 4]; 1 for constituents of the violating tree and -1 for gold constituents, float32
        [differences]; and the number of wrong spans.
    """
    time = int(np.sqrt(2 * best.shape[1]))
    rows, starts, ends, gold_labels = gold.T
    places = span_numbers(starts, ends, time)
    every = np.arange(len(gold))
    # Without a gold label, any label costs one. With a gold label, all others and no label cost one.
    values = np.maximum(best + 1, 0)
    chosen = np.where(best + 1 > 0, labels, NO_LABEL)
    others = gold_scores + 1
    others[every, gold_labels] -= 1
    favourite = others.argmax(axis=1)
    height = others[every, favourite]
    none_wins = (height < 1) & (ends - starts < lengths[rows])  # the whole sentence always has a label
    values[rows, places] = np.where(none_wins, 1, height)
    chosen[rows, places] = np.where(none_wins, NO_LABEL, favourite)

    expected = np.full(best.shape, NO_LABEL, np.int64)
    expected[rows, places] = gold_labels
    tree = find_best_trees(values, lengths, time)
    spans = span_numbers(tree.starts, tree.ends, time)
    found = chosen[tree.rows, spans]
    wrong = found != expected[tree.rows, spans]
    extra = wrong & (found != NO_LABEL)
    kept = np.zeros(best.shape, bool)
    kept[tree.rows, spans] = ~wrong
    missing = ~kept[rows, places]
    differences = np.concatenate(
        [np.stack([tree.rows, tree.starts, tree.ends, found], axis=1)[extra], gold[missing]]
    )
    signs = np.repeat(np.array([1, -1], np.float32), [extra.sum(), missing.sum()])
    return differences.astype(np.int32), signs, np.float32(wrong.sum())
