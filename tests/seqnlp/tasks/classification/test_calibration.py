"""Calibration against sums by hand and where the answer is known."""

import numpy as np
import pytest

from seqnlp.data.batching import Windows
from seqnlp.metrics.calibration import calibration_error
from seqnlp.tasks.classification.calibration import temperature
from seqnlp.tasks.classification.choice import OneLabel, SeveralLabels
from seqnlp.tasks.classification.pooling import of_texts


def test_the_temperature_of_overconfident_logits_is_found() -> None:
    random = np.random.default_rng(1)
    true, choice = random.normal(size=(5000, 3)), OneLabel()
    labels = np.eye(3, dtype=bool)[[random.choice(3, p=row) for row in choice.probabilities(true)]]
    assert temperature(2.5 * true, labels, choice) == pytest.approx(2.5, rel=0.1)
    assert temperature(true, labels, choice) == pytest.approx(1, rel=0.1)


def test_it_is_found_where_a_text_may_have_several_labels() -> None:
    random = np.random.default_rng(1)
    true, choice = random.normal(size=(5000, 3)), SeveralLabels(0.5)
    labels = random.random(true.shape) < choice.probabilities(true)
    assert temperature(2.5 * true, labels, choice) == pytest.approx(2.5, rel=0.1)


def test_it_leaves_out_unknown_labels() -> None:
    logits = np.array([[3.0, 0.0], [0.0, 2.0], [9.0, 0.0]])
    labels = np.array([[True, False], [False, True], [False, False]])
    assert temperature(logits, labels, OneLabel()) == temperature(logits[:2], labels[:2], OneLabel())
    assert temperature(logits, np.zeros_like(labels), OneLabel()) == 1


def test_the_calibration_error_by_hand() -> None:
    """Two in the bin of 0.9, one of them right: |0.9 - 0.5|; one in that of 0.6, right: |0.6 - 1|."""
    error = calibration_error(np.array([0.9, 0.9, 0.6]), np.array([True, False, True]))
    assert error == pytest.approx((2 * 0.4 + 0.4) / 3)
    assert calibration_error(np.array([1.0]), np.array([True])) == 0
    assert calibration_error(np.array([]), np.array([], bool)) == 0


def test_windows_count_by_their_words() -> None:
    windows = Windows.from_lengths([5, 2], max_length=3)
    assert windows.lengths.tolist() == [3, 2, 2]
    logits = np.array([[1.0, 0.0], [0.0, 5.0], [7.0, 8.0]])
    np.testing.assert_allclose(of_texts(logits, windows, 2), [[0.6, 2.0], [7.0, 8.0]])
