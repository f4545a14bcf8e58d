"""Batches, buckets and windows."""

from itertools import combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from seqnlp.data.batching import Batch, Buckets, Windows, pad_rows, padding_share

LENGTHS = st.lists(st.integers(1, 30), min_size=1, max_size=60)


def padding(lengths: list[int], bounds: tuple[int, ...]) -> int:
    return sum(min(bound for bound in bounds if bound >= length) - length for length in lengths)


@given(st.lists(st.integers(1, 9), min_size=1, max_size=20), st.integers(1, 4))
def test_learned_lengths_minimise_padding(lengths: list[int], most: int) -> None:
    chosen = Buckets.learn(np.array(lengths), positions=64, max_buckets=most).lengths
    values = sorted(set(lengths))
    others = [
        (*inner, values[-1])
        for size in range(min(most, len(values)))
        for inner in combinations(values[:-1], size)
    ]
    assert len(chosen) <= most
    assert padding(lengths, chosen) == min(padding(lengths, other) for other in others)


@given(LENGTHS, st.integers(1, 100), st.integers(1, 3), st.booleans())
def test_every_row_is_in_one_batch_that_it_fits(
    lengths: list[int], positions: int, multiple: int, shuffle: bool
) -> None:
    array = np.array(lengths)
    buckets = Buckets.learn(array, positions, max_buckets=4, multiple=multiple)
    batches = buckets.batches(array, np.random.default_rng(0) if shuffle else None)
    assert sorted(row for batch in batches for row in batch.rows) == list(range(len(lengths)))
    for batch in batches:
        assert array[batch.rows].max() <= batch.length
        assert len(batch.rows) <= batch.count == buckets.count(batch.length)
        assert batch.count % multiple == 0
        assert batch.positions <= positions or batch.count == multiple
    used = sum(batch.positions for batch in batches)
    assert padding_share(batches, array) == 1 - sum(lengths) / used


@given(LENGTHS, st.integers(2, 12), st.integers(0, 3))
def test_windows_keep_every_token_once_and_join_restores_them(
    lengths: list[int], longest: int, context: int
) -> None:
    context = min(context, (longest - 1) // 2)
    windows = Windows.from_lengths(lengths, longest, context)
    assert windows.lengths.max() <= longest
    tokens = np.arange(sum(lengths)) + 1
    buckets = Buckets.learn(windows.lengths, positions=40)
    out = np.zeros_like(tokens)
    for batch in buckets.batches(windows.lengths):
        windows.join(batch, pad_rows(tokens, windows.starts, windows.lengths, batch), out)
    np.testing.assert_array_equal(out, tokens)


def test_a_window_does_not_cross_sentences() -> None:
    windows = Windows.from_lengths([5, 2], max_length=4, context=1)
    ends = windows.starts + windows.lengths
    assert [(int(a), int(b)) for a, b in zip(windows.starts, ends, strict=True)] == [
        (0, 3),
        (1, 5),
        (3, 5),
        (5, 7),
    ]


def test_empty_rows_are_zeros() -> None:
    batch = Batch(np.array([1]), count=2, length=3)
    rows = pad_rows(np.array([7, 8, 9]), np.array([0, 1]), np.array([1, 2]), batch)
    np.testing.assert_array_equal(rows, [[8, 9, 0], [0, 0, 0]])
