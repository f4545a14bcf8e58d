"""CKY against all trees there are."""

from collections.abc import Callable

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from seqnlp.tasks.parsing.chart import best_trees, inside_lengths, numbers_of

Spans = frozenset[tuple[int, int]]


@given(st.lists(st.integers(0, 6), min_size=1, max_size=5), st.integers(0, 2), st.integers(0, 2**32 - 1))
def test_no_tree_is_worth_more(
    all_trees: Callable[[int], list[Spans]], lengths: list[int], padding: int, seed: int
) -> None:
    time = max(1, max(lengths) + padding)
    values = np.random.default_rng(seed).normal(size=(len(lengths), time * (time + 1) // 2))
    found = best_trees(values, np.array(lengths), time)
    for row, length in enumerate(lengths):
        here = found.rows == row
        spans = set(zip(found.starts[here].tolist(), found.ends[here].tolist(), strict=True))
        if length == 0:
            assert not spans
            continue

        def worth(tree: Spans | set[tuple[int, int]], row: int = row) -> float:
            starts, ends = np.array(sorted(tree)).T
            return float(values[row, numbers_of(starts, ends, time)].sum())

        assert spans in map(set, all_trees(length))
        assert len(spans) == here.sum()
        np.testing.assert_allclose(worth(spans), max(map(worth, all_trees(length))), atol=1e-9)


@given(st.integers(1, 30))
def test_spans_are_numbered_by_start_and_end(time: int) -> None:
    starts, ends = np.triu_indices(time + 1, 1)
    assert numbers_of(starts, ends, time).tolist() == list(range(time * (time + 1) // 2))
    lengths = np.arange(time + 1)
    assert inside_lengths(lengths, time).sum(axis=1).tolist() == (lengths * (lengths + 1) // 2).tolist()
