"""Limits of gold constituents, and the layout of merged trees."""

from collections.abc import Callable

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from seqnlp.tasks.parsing.merge_layout import NO_LABEL, crossing_limits, lay_out_merges

Spans = frozenset[tuple[int, int]]

NO_CONSTITUENT = 5


def in_order(tree: Spans) -> list[tuple[int, int]]:
    """Return the spans of the merges of a tree, lower ones first."""
    return sorted((span for span in tree if span[1] > span[0] + 1), key=lambda span: span[1] - span[0])


@given(st.integers(1, 5), st.integers(0, 2), st.integers(0, 2**32 - 1))
def test_limits_tell_which_spans_cross_a_constituent(
    all_trees: Callable[[int], list[Spans]], length: int, padding: int, seed: int
) -> None:
    random, time = np.random.default_rng(seed), length + padding
    shapes = all_trees(length)
    spans = sorted(shapes[int(random.integers(len(shapes)))])
    chosen = [span for span in spans if random.random() < 0.5]
    gold = np.array([(1, *span, 0) for span in chosen], np.int32).reshape(-1, 4)
    closes, opens = crossing_limits(gold, 2, time)
    for start in range(length):
        for end in range(start + 1, length + 1):
            crosses = any(a < start < b < end or start < a < end < b for a, b in chosen)
            assert (end > closes[start, 1] or start < opens[end, 1]) == crosses
            assert opens[end, 0] <= start
            assert end <= closes[start, 0]


@given(st.lists(st.integers(1, 5), min_size=1, max_size=4), st.integers(0, 1), st.integers(0, 2**32 - 1))
def test_trees_are_laid_out_by_their_merges(
    all_trees: Callable[[int], list[Spans]], sizes: list[int], padding: int, seed: int
) -> None:
    random = np.random.default_rng(seed)
    batch, time = len(sizes), max(sizes) + padding
    trees = [all_trees(size) for size in [*sizes, *sizes]]
    merges = [in_order(shapes[int(random.integers(len(shapes)))]) for shapes in trees]
    starts, ends = np.zeros((2, time - 1, 2 * batch), np.int32)  # values after the last merge have no meaning
    for tree, spans in enumerate(merges):
        for step, (start, end) in enumerate(spans):
            starts[step, tree], ends[step, tree] = start, end
    labels = {
        (row, *span): int(random.integers(NO_CONSTITUENT))
        for row, spans in enumerate(merges[batch:])
        for span in [*spans, (0, 1)]
        if random.random() < 0.5
    }
    gold = np.array([(*node, label) for node, label in labels.items()], np.int32).reshape(-1, 4)
    layout = lay_out_merges(starts, ends, np.array(sizes, np.int32), gold, NO_CONSTITUENT)

    # The sentence, first word and end of each row: words first, then merged nodes.
    positions = len(layout.places)
    covers: dict[int, tuple[int, int, int]] = {}
    words = [(place // batch, place % batch) for place in layout.places.tolist()]
    for row, (word, sentence) in enumerate(words[: 2 * sum(sizes)]):
        covers[row] = (sentence, word, word + 1)
    for tree, spans in enumerate(merges):
        for step, span in enumerate(spans):
            row = int(layout.merges[step, tree])
            left, right = layout.left[row - positions], layout.right[row - positions]
            assert covers[left][2] == covers[right][1]
            covers[row] = (tree % batch, covers[left][1], covers[right][2])
            assert covers[row] == (tree % batch, *span)
    labelled = [row for row in covers if layout.labels[row] != NO_LABEL]
    assert len(labelled) == sum(2 * size - 1 for size in sizes)
    assert (layout.labels != NO_LABEL).sum() == len(labelled)
    assert all(layout.labels[row] == labels.get(covers[row], NO_CONSTITUENT) for row in labelled)


def test_padding_rows_have_no_trees() -> None:
    none = np.zeros((2, 4), np.int32)
    layout = lay_out_merges(
        none, none, np.array([0, 0], np.int32), np.zeros((0, 4), np.int32), NO_CONSTITUENT
    )
    assert layout.blocks == 0
    assert (layout.labels == NO_LABEL).all()
