"""CKY compared with all trees."""

from collections.abc import Callable

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from seqnlp.tasks.parsing.chart import find_best_trees, span_mask, span_numbers

Spans = frozenset[tuple[int, int]]


@given(st.lists(st.integers(0, 6), min_size=1, max_size=5), st.integers(0, 2), st.integers(0, 2**32 - 1))
def test_no_tree_has_a_higher_value(
    all_trees: Callable[[int], list[Spans]], lengths: list[int], padding: int, seed: int
) -> None:
    time = max(1, max(lengths) + padding)
    values = np.random.default_rng(seed).normal(size=(len(lengths), time * (time + 1) // 2))
    found = find_best_trees(values, np.array(lengths), time)
    for row, length in enumerate(lengths):
        here = found.rows == row
        spans = set(zip(found.starts[here].tolist(), found.ends[here].tolist(), strict=True))
        if length == 0:
            assert not spans
            continue

        def value(tree: Spans | set[tuple[int, int]], row: int = row) -> float:
            starts, ends = np.array(sorted(tree)).T
            return float(values[row, span_numbers(starts, ends, time)].sum())

        assert spans in map(set, all_trees(length))
        assert len(spans) == here.sum()
        np.testing.assert_allclose(value(spans), max(map(value, all_trees(length))), atol=1e-9)


@given(st.integers(1, 30))
def test_spans_are_numbered_by_start_and_end(time: int) -> None:
    starts, ends = np.triu_indices(time + 1, 1)
    assert span_numbers(starts, ends, time).tolist() == list(range(time * (time + 1) // 2))
    lengths = np.arange(time + 1)
    assert span_mask(lengths, time).sum(axis=1).tolist() == (lengths * (lengths + 1) // 2).tolist()
