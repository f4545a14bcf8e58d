"""Streams of documents and the batches of truncated back-propagation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqnlp.data.batching import Batch, padding_share
from seqnlp.data.language_codec import END
from seqnlp.tasks.language_modelling.streams import EncodedDocuments, StreamBatches

documents = st.lists(st.lists(st.integers(3, 9), max_size=12), min_size=1, max_size=6)


@given(rows=documents, cut=st.integers(0, 12))
def test_documents_are_joined_with_end_symbols(rows: list[list[int]], cut: int) -> None:
    passages = [passage for row in rows for passage in ((row[:cut], False), (row[cut:], True))]
    encoded = EncodedDocuments.write(passages, 10)
    assert encoded.ids.tolist() == [number for row in rows for number in [*row, END]]
    assert encoded.lengths.tolist() == [len(row) + 1 for row in rows]
    again = EncodedDocuments.from_arrays(encoded.to_arrays())
    assert again.ids.tolist() == encoded.ids.tolist()
    batch = encoded.batch(Batch(np.arange(len(rows)), len(rows) + 1, int(encoded.lengths.max())))
    assert batch["lengths"].tolist() == [*(len(row) + 1 for row in rows), 0]
    for row, found in zip(rows, batch["ids"].tolist(), strict=False):
        assert found[: len(row) + 1] == [*row, END]


@given(
    total=st.integers(2, 80),
    rows=st.integers(1, 5),
    window=st.integers(1, 20),
    epoch=st.integers(0, 3),
)
def test_each_row_continues_the_row_of_the_batch_before(
    total: int, rows: int, window: int, epoch: int
) -> None:
    """Concatenated, the batches are pieces of the rotated stream, and targets are the next ids."""
    encoded = EncodedDocuments(np.arange(total, dtype=np.int32), np.array([total]))
    batches = StreamBatches.for_size(encoded, rows, window, seed=5)
    found = list(batches.batches(epoch))
    assert len(found) == batches.steps == len(batches.plan(epoch)) >= 1
    assert batches.tokens == sum(inputs["ids"].size for inputs, _ in found)
    assert [inputs["starts"].tolist() for inputs, _ in found] == [
        [int(step == 0)] * batches.rows for step in range(batches.steps)
    ]
    ids = np.concatenate([inputs["ids"] for inputs, _ in found], axis=1)
    targets = np.concatenate([targets for _, targets in found], axis=1)
    assert ((ids + 1) % total == targets).all()
    assert ((np.diff(ids, axis=1) - 1) % total == 0).all()
    # Together, the rows read one piece of the stream without gaps.
    assert ((ids[1:, 0] - ids[:-1, 0] - ids.shape[1]) % total == 0).all()


def test_epochs_cut_the_stream_at_other_places_and_are_reproducible() -> None:
    encoded = EncodedDocuments(np.arange(1000, dtype=np.int32), np.array([1000]))
    batches = StreamBatches.for_size(encoded, 4, 10, seed=5)
    firsts = [next(batches.batches(epoch))[0]["ids"][0, 0] for epoch in range(6)]
    assert len(set(firsts)) > 4
    assert firsts[3] == next(batches.batches(3))[0]["ids"][0, 0]


@pytest.mark.parametrize(
    ("size", "dtype"), [(256, "uint8"), (257, "uint16"), (1 << 16, "uint16"), ((1 << 16) + 1, "int32")]
)
def test_ids_are_stored_in_a_small_dtype(size: int, dtype: str) -> None:
    encoded = EncodedDocuments.write([([size - 1, 3], True)], size)
    assert encoded.ids.dtype == dtype
    assert encoded.ids.tolist() == [size - 1, 3, END]
    (inputs, targets), *_ = StreamBatches.for_size(encoded, 1, 2, 0).batches(0)
    assert (inputs["ids"].dtype, targets.dtype) == (np.int32, np.int32)


def test_a_plan_is_not_in_memory() -> None:
    encoded = EncodedDocuments(np.zeros(1001, np.uint8), np.array([1001]))
    batches = StreamBatches.for_size(encoded, 4, 10, 0)
    plan = batches.plan(0)
    assert len(plan) == len(list(plan)) == batches.steps == 25
    assert [each.rows.tolist() for each in plan[:2]] == [[0, 1, 2, 3], [4, 5, 6, 7]]
    assert plan[-1].rows.tolist() == [96, 97, 98, 99]
    assert batches.lengths[plan[-1].rows].tolist() == [10] * 4
    assert padding_share(plan, batches.lengths) == 0
