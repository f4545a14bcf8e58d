"""Scores of label sets, compared with scikit-learn and by hand."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqnlp.metrics.label_sets import LabelSetScores

sklearn_metrics = pytest.importorskip("sklearn.metrics")

LABELS = ("art", "food", "news")
SETS = st.frozensets(st.sampled_from(LABELS))


@given(st.lists(st.tuples(SETS, SETS), min_size=1))
def test_scores_equal_those_of_scikit_learn(texts) -> None:
    scores = LabelSetScores()
    for gold, predicted in texts:
        scores.add(sorted(gold), sorted(predicted), dict.fromkeys(LABELS, 0.5))
    gold, predicted = (
        np.array([[label in each for label in LABELS] for each in sets]) for sets in zip(*texts, strict=True)
    )
    found = scores.to_dict()
    expected = sklearn_metrics.precision_recall_fscore_support(
        gold, predicted, average="micro", zero_division=0
    )
    assert [found[name] for name in ("precision", "recall", "f1")] == pytest.approx(expected[:3])
    assert found["exact"] == pytest.approx(sklearn_metrics.accuracy_score(gold, predicted))
    each = sklearn_metrics.f1_score(gold, predicted, average=None, zero_division=0)
    for label, f1 in zip(LABELS, each, strict=True):
        assert found["labels"].get(label, {"f1": 0})["f1"] == pytest.approx(f1)
    json.dumps(found)


def test_a_text_by_hand() -> None:
    scores = LabelSetScores()
    scores.add(["art"], ["art", "food"], {"art": 0.9, "food": 0.7})
    found = scores.to_dict()
    assert (found["precision"], found["recall"], found["support"], found["exact"]) == (0.5, 1.0, 1, 0.0)
    # The decision for art (0.9) is correct, and that for food (0.7) is wrong: two bins of one each.
    assert found["calibration_error"] == pytest.approx((0.1 + 0.7) / 2)
    assert scores.confusion.to_dict()["counts"] == [[1, 0, 0], [0, 0, 0], [0, 1, 0]]


def test_no_texts_score_zero() -> None:
    assert LabelSetScores().to_dict()["f1"] == 0
