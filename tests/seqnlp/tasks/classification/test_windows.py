"""Outputs of windows joined to outputs of texts, compared with sums by hand."""

import numpy as np

from seqnlp.data.batching import Windows
from seqnlp.tasks.classification.windows import join_attention, join_logits

WINDOWS = Windows.from_lengths([5, 1, 0, 2], max_length=2)  # rows of 2, 2, 1; 1; none; 2 words


def test_logits_are_weighted_by_words() -> None:
    logits = np.array([[1, 0], [2, 1], [4, 0], [5, 5], [7, -1]], np.float32)
    expected = [[(2 * 1 + 2 * 2 + 4) / 5, 2 / 5], [5, 5], [0, 0], [7, -1]]
    np.testing.assert_allclose(join_logits(logits, WINDOWS, 4), expected)


def test_a_text_that_fits_into_one_window_keeps_its_logits() -> None:
    windows = Windows.from_lengths([5, 2], max_length=3)
    assert windows.lengths.tolist() == [3, 2, 2]
    logits = np.array([[1.0, 0.0], [0.0, 5.0], [7.0, 8.0]])
    np.testing.assert_allclose(join_logits(logits, windows, 2), [[0.6, 2.0], [7.0, 8.0]])


def test_attention_is_weighted_by_words() -> None:
    attention = np.array([0.25, 0.75, 0.5, 0.5, 1, 1, 0.9, 0.1])
    expected = [0.1, 0.3, 0.2, 0.2, 0.2, 1, 0.9, 0.1]
    np.testing.assert_allclose(join_attention(attention, WINDOWS), expected)


def test_there_may_be_no_text() -> None:
    none = Windows.from_lengths([], max_length=2)
    assert join_logits(np.zeros((0, 3)), none, 0).shape == (0, 3)
    assert join_attention(np.zeros(0), none).shape == (0,)
