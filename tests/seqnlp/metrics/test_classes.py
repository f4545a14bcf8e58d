import json
from statistics import fmean

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqnlp.metrics.classes import ClassScores

nltk_metrics = pytest.importorskip("nltk.metrics")

LABEL = st.sampled_from(["good", "bad", "dull"])


@given(st.lists(st.tuples(LABEL, LABEL, st.floats(0, 1)), min_size=1))
def test_scores_equal_nltk(texts) -> None:
    scores = ClassScores()
    for true, found, confidence in texts:
        scores.add((true,), (found,), {found: confidence})
    gold, predicted, _ = zip(*texts, strict=True)
    expected = nltk_metrics.ConfusionMatrix(gold, predicted)
    found = scores.to_dict()
    assert found["accuracy"] == pytest.approx(nltk_metrics.accuracy(gold, predicted))
    assert found["texts"] == len(texts)
    for label, row in found["labels"].items():
        assert row["precision"] == pytest.approx(expected.precision(label))
        assert row["recall"] == pytest.approx(expected.recall(label))
    assert found["macro"]["f1"] == pytest.approx(fmean(row["f1"] for row in found["labels"].values()))
    assert int(np.trace(scores.confusion.counts)) == sum(a == b for a, b, _ in texts)
    json.dumps(found)


def test_no_texts_score_zero() -> None:
    assert ClassScores().to_dict()["accuracy"] == 0
