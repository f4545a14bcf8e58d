"""Scores of a model file, against seqeval on its predictions."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from seqeval.metrics import classification_report

from seqnlp.records import TaggedSentence
from seqnlp.serving.evaluation import evaluate
from seqnlp.tasks.tagging.model import Tagger
from seqnlp.text.schemes import to_spans

WORDS = "Ada Lovelace wrote to Charles Babbage in London , not Paris 1843 . Grace Hopper".split()


@pytest.fixture(scope="module")
def tagger(model: Path) -> Tagger:
    return Tagger.load(model)


@pytest.fixture(scope="module")
def sentences(tagger: Tagger) -> list[TaggedSentence]:
    """More than are read at once; the truth is what the model says of similar words."""
    random = np.random.default_rng(5)
    words = [random.choice(WORDS, size).tolist() for size in random.integers(1, 15, 1020)]
    changed = [[random.choice(WORDS) if random.random() < 0.2 else word for word in each] for each in words]
    truth = tagger.tag(changed)
    return [TaggedSentence(tuple(each), tuple(tags)) for each, (tags, _) in zip(words, truth, strict=True)]


def test_scores_equal_seqeval(tagger: Tagger, sentences: list[TaggedSentence]) -> None:
    gold = [list(sentence.tags) for sentence in sentences]
    predicted = [tags for tags, _ in tagger.tag([sentence.words for sentence in sentences])]
    report = classification_report(gold, predicted, output_dict=True, zero_division=0)
    scores = evaluate(tagger, iter(sentences)).to_dict()
    assert 0.1 < scores["f1"] < 0.95
    for name, expected in (
        ("micro avg", scores),
        *((label, scores["labels"][label]) for label in ("PER", "LOC")),
    ):
        assert expected["precision"] == pytest.approx(report[name]["precision"])
        assert expected["recall"] == pytest.approx(report[name]["recall"])
        assert expected["f1"] == pytest.approx(report[name]["f1-score"])
        assert expected["support"] == report[name]["support"]
    right = sum(
        a == b for true, guess in zip(gold, predicted, strict=True) for a, b in zip(true, guess, strict=True)
    )
    assert scores["accuracy"] == pytest.approx(right / sum(map(len, gold)))
    assert (scores["sentences"], scores["tokens"]) == (1020, sum(map(len, gold)))


def test_seen_spans_are_those_of_training(tagger: Tagger, sentences: list[TaggedSentence]) -> None:
    known = {
        "Ada Lovelace": "PER",
        "Charles Babbage": "PER",
        "Ada": "PER",
        "London": "LOC",
        "Paris": "LOC",
    }
    seen = sum(
        known.get(" ".join(sentence.words[span.start : span.end])) == span.label
        for sentence in sentences
        for span in to_spans(sentence.tags, "bio")
    )
    scores = evaluate(tagger, sentences).to_dict()
    assert seen > 0
    assert scores["by_novelty"]["seen"]["support"] == seen
    assert scores["by_novelty"]["unseen"]["support"] == scores["support"] - seen


def test_without_knowledge_of_training_nothing_is_said_of_it(
    make_tagger: Callable[..., Path], sentences: list[TaggedSentence]
) -> None:
    scores = evaluate(Tagger.load(make_tagger(without=["seqnlp.seen"])), sentences[:10]).to_dict()
    assert "by_novelty" not in scores


def test_no_sentence(tagger: Tagger) -> None:
    scores = evaluate(tagger, []).to_dict()
    assert (scores["f1"], scores["sentences"], scores["tokens"]) == (0.0, 0, 0)
