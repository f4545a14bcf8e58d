"""Calibration against sums by hand and where the answer is known."""

import numpy as np
import pytest

from seqnlp.batching import Windows
from seqnlp.classification.calibration import negative_log_likelihood, temperature
from seqnlp.classification.pooling import of_texts, softmax
from seqnlp.metrics.calibration import calibration_error


def test_the_temperature_of_overconfident_logits_is_found() -> None:
    random = np.random.default_rng(1)
    true = random.normal(size=(5000, 3))
    labels = np.array([random.choice(3, p=row) for row in softmax(true)])
    assert temperature(2.5 * true, labels) == pytest.approx(2.5, rel=0.1)
    assert temperature(true, labels) == pytest.approx(1, rel=0.1)


def test_it_leaves_out_unknown_labels() -> None:
    logits, labels = np.array([[3.0, 0.0], [0.0, 2.0], [9.0, 0.0]]), np.array([0, 1, -1])
    assert temperature(logits, labels) == temperature(logits[:2], labels[:2])
    assert temperature(logits, np.full(3, -1)) == 1


def test_the_likelihood_is_that_of_the_softmax() -> None:
    logits = np.random.default_rng(2).normal(size=(4, 3)) * 20
    labels = np.array([0, 2, 1, 1])
    expected = -np.mean(np.log(softmax(logits)[np.arange(4), labels]))
    assert negative_log_likelihood(logits, labels) == pytest.approx(expected)


def test_the_calibration_error_by_hand() -> None:
    """Two in the bin of 0.9, one of them right: |0.9 - 0.5|; one in that of 0.6, right: |0.6 - 1|."""
    error = calibration_error(np.array([0.9, 0.9, 0.6]), np.array([True, False, True]))
    assert error == pytest.approx((2 * 0.4 + 0.4) / 3)
    assert calibration_error(np.array([1.0]), np.array([True])) == 0
    assert calibration_error(np.array([]), np.array([], bool)) == 0


def test_windows_count_by_their_words() -> None:
    windows = Windows.over([5, 2], longest=3)
    assert windows.lengths.tolist() == [3, 2, 2]
    logits = np.array([[1.0, 0.0], [0.0, 5.0], [7.0, 8.0]])
    np.testing.assert_allclose(of_texts(logits, windows, 2), [[0.6, 2.0], [7.0, 8.0]])
