"""Dev data from the training data."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqnlp.corpora.held_out import hold_out
from seqnlp.errors import DataError


@given(st.integers(10, 500))
def test_every_tenth_record_is_dev_and_no_record_is_lost(count: int) -> None:
    train, dev = hold_out(range(count))
    assert dev == list(range(9, count, 10))
    assert sorted([*train, *dev]) == list(range(count))
    assert train == sorted(train)


@pytest.mark.parametrize("count", [0, 1, 9])
def test_too_few_records_are_an_error(count: int) -> None:
    with pytest.raises(DataError, match=rf"^{count} training records are too few"):
        hold_out(range(count))
