import json
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqnlp.metrics.tags import TagScores

nltk_metrics = pytest.importorskip("nltk.metrics")

TAGS = ["NN", "VB", "DT", "missed"]


@given(
    st.lists(
        st.lists(st.tuples(st.sampled_from(TAGS), st.sampled_from(TAGS)), min_size=1, max_size=10), min_size=1
    )
)
def test_scores_equal_nltk(corpus: list[list[tuple[str, str]]]) -> None:
    scores = TagScores()
    for sentence in corpus:
        scores.add(["w"] * len(sentence), [gold for gold, _ in sentence], [guess for _, guess in sentence])
    gold = [gold for sentence in corpus for gold, _ in sentence]
    predicted = [guess for sentence in corpus for _, guess in sentence]
    expected = nltk_metrics.ConfusionMatrix(gold, predicted)
    labels = sorted({*gold, *predicted})
    found = scores.to_dict()
    assert found["accuracy"] == pytest.approx(nltk_metrics.accuracy(gold, predicted))
    assert list(found["labels"]) == labels
    for label, values in found["labels"].items():
        assert values["precision"] == pytest.approx(expected.precision(label))
        assert values["recall"] == pytest.approx(expected.recall(label))
        assert values["f1"] == pytest.approx(expected.f_measure(label))
        assert values["support"] == gold.count(label)
    assert found["macro"]["f1"] == pytest.approx(fmean(expected.f_measure(label) for label in labels))
    assert scores.confusion.to_dict() == {
        "rows": labels,
        "columns": labels,
        "counts": [[expected[row, column] for column in labels] for row in labels],
    }


def test_seen_and_unseen_words_by_hand() -> None:
    scores = TagScores(known={("the",), ("dog",)})
    scores.add(["the", "dog", "yodels"], ["DT", "NN", "VB"], ["DT", "VB", "VB"])
    scores.add(["the", "cat"], ["DT", "NN"], ["DT", "VB"])
    found = scores.to_dict()
    assert found["by_novelty"] == {
        "seen": {"accuracy": pytest.approx(2 / 3), "support": 3},
        "unseen": {"accuracy": 0.5, "support": 2},
    }
    assert found["accuracy"] == pytest.approx(3 / 5)
    assert (found["sentences"], found["tokens"]) == (2, 5)
    assert json.loads(json.dumps(found)) == found


def test_nothing_added_scores_zero() -> None:
    found = TagScores(known=set()).to_dict()
    assert found["accuracy"] == 0.0
    assert found["by_novelty"]["unseen"] == {"accuracy": 0.0, "support": 0}


def test_unequal_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        TagScores().add(["a", "b"], ["NN"], ["NN", "VB"])
    with pytest.raises(ValueError, match="zip"):
        TagScores().add(["a"], ["NN", "VB"], ["NN", "VB"])
