"""Batches as a dataset."""

import numpy as np
import pytest

from seqnlp.training.loop import stream


def test_each_epoch_is_begun_anew_and_batches_come_in_order() -> None:
    begun = []

    def batches():
        begun.append(len(begun))
        for size in (3, 2, 4):
            yield {"ids": np.full((size, 2), size, np.int32), "lengths": np.arange(size)}, np.ones(size, "f4")

    dataset = stream(batches, 3)
    for epoch in range(1, 3):
        found = [(x["ids"].shape, x["lengths"].numpy().tolist(), y.shape) for x, y in dataset]
        assert found == [((n, 2), list(range(n)), (n,)) for n in (3, 2, 4)]
        assert len(begun) == epoch + 1  # and once for what a batch looks like
    assert int(dataset.cardinality()) == 3


def test_fewer_batches_than_were_promised_are_an_error() -> None:
    import tensorflow as tf

    with pytest.raises(tf.errors.InvalidArgumentError, match="OutOfRange"):
        list(stream(lambda: iter([np.zeros((1, 1), np.int32)]), 2))
