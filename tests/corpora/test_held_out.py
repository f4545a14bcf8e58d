"""Development data from training data."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqnlp.corpora import hold_out
from seqnlp.errors import DataError


@given(size=st.integers(10, 3_000), share=st.floats(0.01, 0.99))
def test_every_record_is_in_one_split_in_order(size: int, share: float) -> None:
    train, dev = hold_out(range(size), share)
    assert sorted([*train, *dev]) == list(range(size))
    assert (train, dev) == (sorted(train), sorted(dev))
    assert train
    assert len(dev) == min(max(1, round(size * share)), size - 1)
    assert hold_out(range(size), share) == (train, dev)


@given(size=st.integers(10, 3_000))
def test_held_out_records_are_spread_evenly(size: int) -> None:
    _, dev = hold_out(range(size))
    for start in range(0, size - 100, 100):
        assert 8 <= sum(start <= number < start + 100 for number in dev) <= 12


@pytest.mark.parametrize("period", range(2, 13))
def test_a_regular_order_of_labels_does_not_matter(period: int) -> None:
    _, dev = hold_out(range(1_000))
    counts = [sum(number % period == label for number in dev) for label in range(period)]
    assert min(counts) > 0.5 * len(dev) / period


def test_fewer_than_ten_records_raise() -> None:
    assert [len(split) for split in hold_out("abcdefghij")] == [9, 1]
    with pytest.raises(DataError, match=r"^9 training records are too few to hold out dev data"):
        hold_out("abcdefghi")
