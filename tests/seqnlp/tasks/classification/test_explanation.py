"""Explanations of a classifier whose attention depends on word ids alone."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqnlp.errors import ModelFileError
from seqnlp.tasks.classification.explanation import Explanation, WeightedWord
from seqnlp.tasks.classification.model import Classifier
from seqnlp.tasks.classification.prediction import Classification

WORDS = st.sampled_from("a warm and witty film flat jokes unheard-of".split())


@pytest.fixture(scope="module")
def classifier(attending) -> Classifier:
    return Classifier.load(attending.path, threads=2)


def expected_weights(attending, words: list[str]) -> list[float]:
    """Return the softmax within each window of 4 words, times the window's share of the words."""
    scores = np.exp(attending.scores[attending.codec.words.ids(words)].astype(np.float64))
    windows = [scores[first : first + 4] for first in range(0, len(words), 4)]
    return [each for window in windows for each in window / window.sum() * len(window) / len(words)]


@given(texts=st.lists(st.lists(WORDS, max_size=11), max_size=6))
def test_weights_are_the_softmax_within_windows_times_their_share(attending, classifier, texts) -> None:
    for words, found in zip(texts, classifier.explain(texts), strict=True):
        assert [word.text for word in found.words] == words
        weights = [word.weight for word in found.words]
        np.testing.assert_allclose(weights, expected_weights(attending, words), atol=1e-6)
        assert sum(weights) == pytest.approx(1 if words else 0, abs=1e-5)


@given(
    texts=st.lists(st.text(max_size=40) | st.lists(st.text(min_size=1, max_size=5), max_size=6), max_size=4)
)
def test_offsets_are_exact_and_labels_equal_those_of_predict(classifier, texts) -> None:
    found = classifier.explain(texts)
    assert len(found) == len(texts)
    for explanation, predicted in zip(found, classifier.predict(texts), strict=True):
        text = explanation.classification.text
        assert explanation.classification.label == predicted.label
        assert explanation.classification.score == pytest.approx(predicted.score, abs=1e-6)
        assert text == predicted.text
        assert all(text[word.start : word.end] == word.text for word in explanation.words)
        covered = sum(word.end - word.start for word in explanation.words)
        if all(isinstance(each, str) for each in texts):
            assert covered == sum(not character.isspace() for character in text)
        assert bool(explanation.words) == bool(covered)


def test_words_of_a_split_text_have_offsets(classifier) -> None:
    (found,) = classifier.explain([["New York", "is", "flat"]])
    assert [word[:3] for word in found.words] == [("New York", 0, 8), ("is", 9, 11), ("flat", 12, 16)]


def test_an_empty_text_has_no_words(classifier, caplog) -> None:
    empty, blank, word = classifier.explain(["", " \n", "flat"])
    assert (empty.words, blank.words) == ([], [])
    assert caplog.text.count("a text is empty") == 2
    assert [each.weight for each in word.words] == [1]


def test_weights_are_written_with_four_significant_digits() -> None:
    words = [WeightedWord("a", 0, 1, 1 / 3), WeightedWord("b", 2, 3, 0.00012345678)]
    explanation = Explanation(Classification("a b", ("good",), {"bad": 0.25, "good": 0.75}), words)
    assert json.loads(explanation.to_json({"id": 7, "words": "replaced"})) == {
        "id": 7,
        "input": {"words": "replaced"},
        "text": "a b",
        "label": "good",
        "score": 0.75,
        "scores": {"bad": 0.25, "good": 0.75},
        "words": [
            {"text": "a", "start": 0, "end": 1, "weight": 0.3333},
            {"text": "b", "start": 2, "end": 3, "weight": 0.0001235},
        ],
    }


def test_a_model_without_attention_says_how_to_train_one_with_it(attending, tmp_path: Path) -> None:
    import onnx

    model = onnx.load(attending.path)
    del model.graph.output[1]
    onnx.save(model, tmp_path / "model.onnx")
    classifier = Classifier.load(tmp_path)
    assert classifier("flat").label in ("good", "bad")
    with pytest.raises(ModelFileError, match=r"no attention weights.* --set network\.pooling=attention$"):
        classifier.explain(["flat"])
