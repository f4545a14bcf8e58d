"""What becomes of scores, against sums by hand."""

import numpy as np
import pytest

from seqnlp.tasks.classification.choice import OneLabel, SeveralLabels

LOGITS = np.array([[2.0, -1.0, 0.5], [-3.0, -2.0, -4.0]])


def test_one_label_is_the_most_probable() -> None:
    choice = OneLabel()
    probabilities = choice.probabilities(LOGITS)
    np.testing.assert_allclose(probabilities, np.exp(LOGITS) / np.exp(LOGITS).sum(axis=1, keepdims=True))
    assert choice.chosen(probabilities).tolist() == [[True, False, False], [False, True, False]]


def test_the_loss_and_the_accuracy_of_one_label() -> None:
    labels = np.array([[True, False, False], [True, False, False], [False, False, False]])
    logits = np.vstack([LOGITS, LOGITS[:1]])
    probabilities = OneLabel().probabilities(logits)
    scores = OneLabel().scores(logits, labels)
    assert scores["accuracy"] == pytest.approx(1 / 3)  # the unknown label of the last is an error
    assert scores["loss"] == pytest.approx(-np.log(probabilities[[0, 1], [0, 0]]).mean())
    assert OneLabel().loss(logits, np.zeros_like(labels)) == 0
    assert OneLabel().loss(np.array([[1000.0, 0.0]]), np.array([[False, True]])) == pytest.approx(1000)


def test_several_labels_are_those_at_the_threshold() -> None:
    choice = SeveralLabels(0.6)
    probabilities = choice.probabilities(LOGITS)
    np.testing.assert_allclose(probabilities, 1 / (1 + np.exp(-LOGITS)))
    assert choice.chosen(probabilities).tolist() == [[True, False, True], [False, False, False]]
    assert choice.chosen(np.array([[0.6, 0.59]])).tolist() == [[True, False]]


def test_the_loss_and_the_f1_of_several_labels() -> None:
    labels = np.array([[True, False, False], [False, True, False]])
    probabilities = SeveralLabels(0.5).probabilities(LOGITS)
    expected = -np.log(np.where(labels, probabilities, 1 - probabilities)).sum(axis=1).mean()
    scores = SeveralLabels(0.5).scores(LOGITS, labels)
    assert scores["loss"] == pytest.approx(expected)
    # By falling probability: true, not, not, true: two of four are right at the best threshold.
    assert scores["f1"] == pytest.approx(2 * 1 / (1 + 2))
