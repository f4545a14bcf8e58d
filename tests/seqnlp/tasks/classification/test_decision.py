"""Label decisions, compared with sums by hand."""

import numpy as np
import pytest

from seqnlp.tasks.classification.decision import MultiLabel, SingleLabel

LOGITS = np.array([[2.0, -1.0, 0.5], [-3.0, -2.0, -4.0]])


def test_a_single_label_is_the_most_probable_one() -> None:
    decision = SingleLabel()
    probabilities = decision.probabilities(LOGITS)
    np.testing.assert_allclose(probabilities, np.exp(LOGITS) / np.exp(LOGITS).sum(axis=1, keepdims=True))
    assert decision.decide(probabilities).tolist() == [[True, False, False], [False, True, False]]


def test_single_labels_have_a_loss_and_an_accuracy() -> None:
    labels = np.array([[True, False, False], [True, False, False], [False, False, False]])
    logits = np.vstack([LOGITS, LOGITS[:1]])
    probabilities = SingleLabel().probabilities(logits)
    scores = SingleLabel().scores(logits, labels)
    assert scores["accuracy"] == pytest.approx(1 / 3)  # the unknown label of the last text is an error
    assert scores["loss"] == pytest.approx(-np.log(probabilities[[0, 1], [0, 0]]).mean())
    assert SingleLabel().loss(logits, np.zeros_like(labels)) == 0
    assert SingleLabel().loss(np.array([[1000.0, 0.0]]), np.array([[False, True]])) == pytest.approx(1000)


def test_multiple_labels_are_those_at_the_threshold_or_above() -> None:
    decision = MultiLabel(0.6)
    probabilities = decision.probabilities(LOGITS)
    np.testing.assert_allclose(probabilities, 1 / (1 + np.exp(-LOGITS)))
    assert decision.decide(probabilities).tolist() == [[True, False, True], [False, False, False]]
    assert decision.decide(np.array([[0.6, 0.59]])).tolist() == [[True, False]]


def test_multiple_labels_have_a_loss_and_an_f1() -> None:
    labels = np.array([[True, False, False], [False, True, False]])
    probabilities = MultiLabel(0.5).probabilities(LOGITS)
    expected = -np.log(np.where(labels, probabilities, 1 - probabilities)).sum(axis=1).mean()
    scores = MultiLabel(0.5).scores(LOGITS, labels)
    assert scores["loss"] == pytest.approx(expected)
    # In descending order of probability: gold, not, not, gold. The best threshold is after the first.
    assert scores["f1"] == pytest.approx(2 * 1 / (1 + 2))
