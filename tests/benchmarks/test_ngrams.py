"""N-gram classifiers compared with sums computed by hand."""

from math import log

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from sklearn.svm import LinearSVC

from benchmarks.ngrams import CLASSIFIERS, NaiveBayesSvm, extract_ngrams, log_count_ratios

TEXTS = csr_matrix([[1, 1, 0], [1, 0, 0], [0, 1, 1], [0, 0, 1]], dtype=float)
LABELS = np.array([1, 1, 0, 0])


def test_words_and_pairs_do_not_mix() -> None:
    assert extract_ngrams([3, 5, 3]) == [(3,), (5,), (3,), (3, 5), (5, 3)]
    assert extract_ngrams([]) == []


def test_ratios_by_hand() -> None:
    """Smoothed counts: 3, 2, 1 of 6 in the class, and 1, 2, 3 of 6 outside it."""
    expected = [log(3), 0, -log(3)]
    np.testing.assert_allclose(log_count_ratios(TEXTS, LABELS == 1), expected, atol=1e-12)
    np.testing.assert_allclose(log_count_ratios(TEXTS, LABELS == 0), np.negative(expected), atol=1e-12)


def test_ratios_of_unequal_parts() -> None:
    """Smoothed counts: 2, 1, 1 of 4 in the class, and 2, 3, 3 of 8 outside it."""
    inside = np.array([False, True, False, False])
    expected = [log(2 / 4 / (2 / 8)), log(1 / 4 / (3 / 8)), log(1 / 4 / (3 / 8))]
    np.testing.assert_allclose(log_count_ratios(TEXTS, inside), expected)


def test_interpolation_by_hand() -> None:
    """The mean absolute weights are 2 and 1, and each weight is halved."""
    machine = NaiveBayesSvm(
        ratios=np.array([[1.0, -1.0], [2.0, 3.0], [0.5, 0.0]]),
        weights=np.array([[4.0, 1.0], [-1.0, -2.0], [1.0, 0.0]]),
        biases=np.array([0.25, -0.5]),
    )
    # Label 0: (3, 0.5, 1.5) times the ratios is 3, 1, 0.75; label 1: (1, -0.5, 0.5) gives -1, -1.5, 0.
    expected = [[3 + 1, -2.5], [3, -1], [1.75, -1.5], [0.75, 0]]
    np.testing.assert_allclose(machine.scores(TEXTS, 0.5), np.add(expected, [0.25, -0.5]))
    assert machine.predict(TEXTS, 0.5).tolist() == [0, 0, 0, 0]


def test_without_interpolation_it_is_the_machine_over_ratios() -> None:
    random = np.random.default_rng(1)
    texts = csr_matrix((random.random((60, 20)) < 0.3).astype(float))
    labels = (texts.toarray() @ random.normal(size=20) > 0).astype(int)
    machine = NaiveBayesSvm.fit(texts, labels, 0.5)
    for label in (0, 1):
        scaled = texts.toarray() * log_count_ratios(texts, labels == label)
        alone = LinearSVC(C=0.5, max_iter=100_000, random_state=0).fit(scaled, labels == label)
        np.testing.assert_allclose(
            machine.scores(texts, 1.0)[:, label], alone.decision_function(scaled), atol=1e-3
        )


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_three_labels_are_learned(name: str) -> None:
    texts, labels = csr_matrix(np.eye(3).repeat(20, axis=0)), np.arange(3).repeat(20)
    candidates = list(CLASSIFIERS[name](texts, labels))
    assert all(np.array_equal(each.predict(texts), labels) for each in candidates)
    assert len({tuple(each.settings.values()) for each in candidates}) == len(candidates)
