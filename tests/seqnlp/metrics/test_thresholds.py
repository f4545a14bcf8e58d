"""The best threshold, compared with all others."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from seqnlp.metrics.thresholds import best_threshold

DECISIONS = st.lists(st.tuples(st.sampled_from([0.0, 0.1, 0.3, 0.35, 0.8, 1.0]), st.booleans()), min_size=1)


def f1(probabilities, truth, threshold: float) -> float:
    predicted = probabilities >= threshold
    both = predicted.sum() + truth.sum()
    return 2 * (predicted & truth).sum() / both if both else 0.0


@given(DECISIONS)
def test_no_other_threshold_is_better(decisions) -> None:
    probabilities, truth = (np.array(column) for column in zip(*decisions, strict=True))
    threshold, found = best_threshold(probabilities, truth)
    assert np.isclose(f1(probabilities, truth, threshold), found)
    assert found >= max(f1(probabilities, truth, each) for each in np.linspace(0, 1, 201)) - 1e-12


def test_the_threshold_lies_between_two_probabilities() -> None:
    assert best_threshold(np.array([0.9, 0.6, 0.2]), np.array([True, True, False])) == (0.4, 1.0)
    assert best_threshold(np.array([[0.9], [0.6]]), np.array([[False], [False]])) == (0.5, 0.0)
