"""Scores of a tagger compared with those of seqeval on its predictions."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from seqeval.metrics import classification_report

import seqnlp
from seqnlp.records import TaggedSentence
from seqnlp.tasks.tagging.model import Tagger
from seqnlp.tasks.tagging.predict_options import TaggerPredictOptions
from seqnlp.tasks.tagging.settings import TaggerSettings
from seqnlp.tasks.tagging.task import TaggerTask
from seqnlp.text.schemes import to_spans
from seqnlp.text.vocabulary import Vocabulary
from tests.conftest import make_codec

WORDS = "Ada Lovelace wrote to Charles Babbage in London , not Paris 1843 . Grace Hopper".split()


@pytest.fixture(scope="module")
def tagger(model: Path) -> Tagger:
    return Tagger.load(model)


@pytest.fixture(scope="module")
def sentences(tagger: Tagger) -> list[TaggedSentence]:
    """More sentences than are predicted at once; the gold tags are predictions for similar words."""
    random = np.random.default_rng(5)
    words = [random.choice(WORDS, size).tolist() for size in random.integers(1, 15, 1020)]
    changed = [[random.choice(WORDS) if random.random() < 0.2 else word for word in each] for each in words]
    gold = tagger.tag(changed)
    return [TaggedSentence(tuple(each), tuple(tags)) for each, (tags, _) in zip(words, gold, strict=True)]


def evaluate(tagger: Tagger, sentences: list[TaggedSentence]) -> dict[str, Any]:
    return TaggerTask().evaluate(tagger, sentences, TaggerPredictOptions()).to_dict()


def test_scores_equal_seqeval(tagger: Tagger, sentences: list[TaggedSentence]) -> None:
    gold = [list(sentence.tags) for sentence in sentences]
    predicted = [tags for tags, _ in tagger.tag([sentence.words for sentence in sentences])]
    report = classification_report(gold, predicted, output_dict=True, zero_division=0)
    scores = evaluate(tagger, sentences)
    assert 0.1 < scores["f1"] < 0.95
    for name, expected in (
        ("micro avg", scores),
        *((label, scores["labels"][label]) for label in ("PER", "LOC")),
    ):
        assert expected["precision"] == pytest.approx(report[name]["precision"])
        assert expected["recall"] == pytest.approx(report[name]["recall"])
        assert expected["f1"] == pytest.approx(report[name]["f1-score"])
        assert expected["support"] == report[name]["support"]
    correct = sum(
        a == b for tags, guess in zip(gold, predicted, strict=True) for a, b in zip(tags, guess, strict=True)
    )
    assert scores["accuracy"] == pytest.approx(correct / sum(map(len, gold)))
    assert (scores["sentences"], scores["tokens"]) == (1020, sum(map(len, gold)))


def test_seen_spans_are_those_of_the_training_data(tagger: Tagger, sentences: list[TaggedSentence]) -> None:
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
    scores = evaluate(tagger, sentences)
    assert seen > 0
    assert scores["by_novelty"]["seen"]["support"] == seen
    assert scores["by_novelty"]["unseen"]["support"] == scores["support"] - seen


def test_a_file_without_facts_has_no_scores_of_seen_spans(
    make_tagger: Callable[..., Path], sentences: list[TaggedSentence]
) -> None:
    scores = evaluate(Tagger.load(make_tagger(without=["seqnlp.facts"])), sentences[:10])
    assert "by_novelty" not in scores


def test_scores_of_no_sentence_are_zero(tagger: Tagger) -> None:
    scores = evaluate(tagger, [])
    assert (scores["f1"], scores["sentences"], scores["tokens"]) == (0.0, 0, 0)


def test_sentences_in_memory_are_scored(tagger: Tagger, sentences: list[TaggedSentence]) -> None:
    pairs = [(sentence.words, sentence.tags) for sentence in sentences[:50]]
    assert seqnlp.evaluate(tagger, pairs).to_dict() == evaluate(tagger, sentences[:50])


def test_words_that_occur_once_in_training_are_seen(make_tagger: Callable[..., Path]) -> None:
    labels = Vocabulary(["NN", "VB"], closed=True)
    codec = make_codec(labels=labels, scheme="plain")
    sentences = [
        TaggedSentence(("dogs", "bark"), ("NN", "VB")),
        TaggedSentence(("dogs", "yodel"), ("NN", "VB")),
    ]
    _, facts = TaggerTask().encode_training(codec, sentences, TaggerSettings())
    metadata = {"seqnlp.facts": json.dumps(facts)}
    tagger = Tagger.load(make_tagger(metadata, labels=labels, scheme="plain"))
    dev = [TaggedSentence(("dogs", "bark", "Dogs", "yodel", "cats"), ("NN", "VB", "NN", "VB", "NN"))]
    novelty = evaluate(tagger, dev)["by_novelty"]
    assert {group: row["support"] for group, row in novelty.items()} == {"seen": 3, "unseen": 2}
