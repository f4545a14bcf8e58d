"""Calibration, compared with sums by hand and with known temperatures."""

import numpy as np
import pytest

from seqnlp.metrics.calibration import calibration_error
from seqnlp.tasks.classification.calibration import fit_temperature
from seqnlp.tasks.classification.decision import MultiLabel, SingleLabel


def test_the_temperature_of_overconfident_logits_is_found() -> None:
    random = np.random.default_rng(1)
    true, decision = random.normal(size=(5000, 3)), SingleLabel()
    labels = np.eye(3, dtype=bool)[[random.choice(3, p=row) for row in decision.probabilities(true)]]
    assert fit_temperature(2.5 * true, labels, decision) == pytest.approx(2.5, rel=0.1)
    assert fit_temperature(true, labels, decision) == pytest.approx(1, rel=0.1)


def test_the_temperature_is_found_for_multiple_labels() -> None:
    random = np.random.default_rng(1)
    true, decision = random.normal(size=(5000, 3)), MultiLabel(0.5)
    labels = random.random(true.shape) < decision.probabilities(true)
    assert fit_temperature(2.5 * true, labels, decision) == pytest.approx(2.5, rel=0.1)


def test_unknown_labels_do_not_change_the_temperature() -> None:
    logits = np.array([[3.0, 0.0], [0.0, 2.0], [9.0, 0.0]])
    labels = np.array([[True, False], [False, True], [False, False]])
    known = fit_temperature(logits[:2], labels[:2], SingleLabel())
    assert fit_temperature(logits, labels, SingleLabel()) == known
    assert fit_temperature(logits, np.zeros_like(labels), SingleLabel()) == 1


def test_the_calibration_error_equals_a_sum_by_hand() -> None:
    """Two texts in the bin of 0.9, one of them correct: |0.9 - 0.5|; one in that of 0.6: |0.6 - 1|."""
    error = calibration_error(np.array([0.9, 0.9, 0.6]), np.array([True, False, True]))
    assert error == pytest.approx((2 * 0.4 + 0.4) / 3)
    assert calibration_error(np.array([1.0]), np.array([True])) == 0
    assert calibration_error(np.array([]), np.array([], bool)) == 0
    for value in (np.nan, np.inf, -np.inf):
        assert np.isnan(calibration_error(np.array([0.5, value]), np.array([True, False])))
