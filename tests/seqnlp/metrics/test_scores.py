"""Properties of all scores: attributes, JSON, text, HTML and a short `repr`."""

import json
import subprocess
import sys
from collections.abc import Callable

import pytest

from seqnlp.metrics.classes import ClassScores
from seqnlp.metrics.label_sets import LabelSetScores
from seqnlp.metrics.parseval import ParsevalScores
from seqnlp.metrics.scores import Scores
from seqnlp.metrics.spans import SpanScores
from seqnlp.metrics.tags import TagScores
from seqnlp.metrics.translation import TranslationScores
from seqnlp.metrics.trees import TreeScores
from seqnlp.trees.constituents import Constituents


def span_scores() -> Scores:
    scores = SpanScores("bio", frozenset({("Ada", "PER")}))
    scores.add(["Ada", "met", "Bob"], ["B-PER", "O", "B-PER"], ["B-PER", "O", "O"])
    return scores


def tag_scores() -> Scores:
    scores = TagScores({("Birds",)})
    scores.add(["Birds", "fly"], ["NOUN", "VERB"], ["NOUN", "NOUN"])
    return scores


def class_scores() -> Scores:
    scores = ClassScores()
    scores.add(["good"], ["good"], {"good": 0.75, "bad": 0.25})
    return scores


def label_set_scores() -> Scores:
    scores = LabelSetScores()
    scores.add(["sport"], ["sport", "news"], {"sport": 0.75, "news": 0.75})
    return scores


def parseval_scores() -> Scores:
    scores = ParsevalScores()
    tree = Constituents(("birds", "fly"), ("N", "V"), {(0, 2): ("S",)})
    scores.add(tree, tree)
    return scores


def translation_scores() -> Scores:
    scores = TranslationScores()
    scores.add("the cat sat on the mat", "the cat sat on the mat")
    scores.add_likelihood(0.0, 7)
    return scores


def tree_scores() -> Scores:
    scores = TreeScores()
    scores.add({(0, 2): "a", (0, 1): "b"}, {(0, 2): "a", (0, 1): "a", (1, 2): "b"})
    return scores


CASES = {
    span_scores: ("<SpanScores f1=0.6667 sentences=1>", "1 sentences, 3 tokens, token accuracy 0.6667"),
    tag_scores: ("<TagScores accuracy=0.5000 sentences=1>", "1 sentences, 2 tokens, token accuracy 0.5000"),
    class_scores: ("<ClassScores accuracy=1.0000 texts=1>", "accuracy 1.0000, calibration error 0.2500"),
    label_set_scores: ("<LabelSetScores f1=0.6667 exact=0.0000 texts=1>", "1 texts, exact 0.0000"),
    parseval_scores: ("<ParsevalScores f1=1.0000 sentences=1>", "100.0% exact; unlabelled F1 1.0000"),
    translation_scores: ("<TranslationScores pairs=1>", "perplexity per subword 1.000"),
    tree_scores: ("<TreeScores accuracy=1.0000 node_accuracy=0.5000 trees=1>", "2 nodes, accuracy 0.5000"),
}


@pytest.mark.parametrize(("make", "short", "line"), [(make, *shown) for make, shown in CASES.items()])
def test_scores_are_shown(make: Callable[[], Scores], short: str, line: str) -> None:
    scores = make()
    assert repr(scores) == short
    assert line in str(scores)
    assert line in scores._repr_html_()
    assert scores.report().to_dict() == scores.to_dict() == json.loads(json.dumps(scores.to_dict()))


@pytest.mark.parametrize("make", CASES)
def test_main_scores_are_attributes(make: Callable[[], Scores]) -> None:
    scores, figures = make(), make().to_dict()
    names = {"f1", "precision", "recall", "accuracy", "exact", "node_accuracy", "calibration_error", "texts"}
    names |= {"bleu", "chrf", "perplexity", "log_likelihood", "sentences", "tokens", "pairs", "trees"}
    assert {name: getattr(scores, name) for name in names & set(figures)} == {
        name: figures[name] for name in names & set(figures)
    }


@pytest.mark.parametrize("make", CASES)
def test_labels_are_rows_and_have_a_confusion_matrix(make: Callable[[], Scores]) -> None:
    scores = make()
    labels = scores.to_dict().get("labels", {})
    first_words = [line.split()[0] for line in str(scores).splitlines() if line.strip()]
    assert set(labels) <= set(first_words)
    assert (scores.confusion is None) == (not labels)
    if scores.confusion is not None:
        assert set(scores.confusion.labels) == set(labels)


def test_groups_of_spans_and_words_are_shown() -> None:
    rows = [line.split() for line in str(span_scores()).splitlines()]
    for name in ("PER", "all", "1-10"):
        assert [name, "1.0000", "0.5000", "0.6667", "2"] in rows
    assert ["seen", "1.0000", "1.0000", "1.0000", "1"] in rows
    assert ["unseen", "0.0000", "1"] in [line.split() for line in str(tag_scores()).splitlines()]


def test_new_translations_change_the_scores() -> None:
    scores = TranslationScores()
    scores.add("the cat sat on the mat", "the cat sat on the mat")
    assert scores.bleu == pytest.approx(100)
    scores.add("a", "nothing of this is right at all")
    assert scores.bleu < 90
    assert scores.perplexity is None


def test_scores_load_rich_only_when_they_are_shown() -> None:
    program = (
        "import sys; from seqnlp.metrics.spans import SpanScores; s = SpanScores('bio'); repr(s); s.report();"
        "assert 'rich' not in sys.modules; str(s); assert 'rich' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
