"""Windows to texts, by hand."""

import numpy as np

from seqnlp.data.batching import Windows
from seqnlp.tasks.classification.pooling import attention_of_texts, of_texts

WINDOWS = Windows.from_lengths([5, 1, 0, 2], max_length=2)  # rows of 2, 2, 1; 1; none; 2 words


def test_logits_are_weighted_by_words() -> None:
    logits = np.array([[1, 0], [2, 1], [4, 0], [5, 5], [7, -1]], np.float32)
    expected = [[(2 * 1 + 2 * 2 + 4) / 5, 2 / 5], [5, 5], [0, 0], [7, -1]]
    np.testing.assert_allclose(of_texts(logits, WINDOWS, 4), expected)


def test_attention_is_weighted_alike() -> None:
    attention = np.array([0.25, 0.75, 0.5, 0.5, 1, 1, 0.9, 0.1])
    expected = [0.1, 0.3, 0.2, 0.2, 0.2, 1, 0.9, 0.1]
    np.testing.assert_allclose(attention_of_texts(attention, WINDOWS), expected)


def test_there_may_be_no_text() -> None:
    none = Windows.from_lengths([], max_length=2)
    assert of_texts(np.zeros((0, 3)), none, 0).shape == (0, 3)
    assert attention_of_texts(np.zeros(0), none).shape == (0,)
