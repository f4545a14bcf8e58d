"""Mistakes of all tasks as JSON values, and their page."""

from collections import Counter
from collections.abc import Sequence
from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqnlp.metrics.mistakes import Mark, Mistake, Side, label_side, text_sides, tree_side
from seqnlp.metrics.mistakes_page import write_page
from seqnlp.records import LabelledText, Origin, SentencePair, TaggedSentence
from seqnlp.tasks.classification import mistakes as of_texts
from seqnlp.tasks.classification.prediction import Classification
from seqnlp.tasks.parsing import mistakes as of_parses
from seqnlp.tasks.tagging import mistakes as of_tags
from seqnlp.tasks.translation import mistakes as of_translations
from seqnlp.tasks.translation.prediction import Hypothesis, Translation
from seqnlp.tasks.tree_classification import mistakes as of_trees
from seqnlp.tasks.tree_classification.prediction import LabelledTree
from seqnlp.trees.brackets import parse_tree
from seqnlp.trees.constituents import Constituents

WORDS = ("Ada", "Lovelace", "saw", "Oslo")
PLACE = Origin("gold.conll", 7)


def marked_texts(side: Side) -> list[tuple[str, str, bool]]:
    return [(side.text[mark.start : mark.end], mark.label, mark.wrong) for mark in side.marks]


def test_entities_that_differ_are_wrong_and_others_are_not() -> None:
    sentence = TaggedSentence(WORDS, ("B-PER", "I-PER", "O", "B-LOC"), origin=PLACE)
    found = of_tags.find_mistake(sentence, ["B-PER", "O", "O", "B-LOC"], [0.5, 0.25, 0.9, 0.75], "bio")
    assert found is not None
    assert found.to_dict() == {
        "text": "Ada Lovelace saw Oslo",
        "gold": [
            {"text": "Ada Lovelace", "label": "PER", "start": 0, "end": 12},
            {"text": "Oslo", "label": "LOC", "start": 17, "end": 21},
        ],
        "predicted": [
            {"text": "Ada", "label": "PER", "start": 0, "end": 3, "score": 0.5},
            {"text": "Oslo", "label": "LOC", "start": 17, "end": 21, "score": 0.75},
        ],
        "file": "gold.conll",
        "line": 7,
    }
    assert marked_texts(found.gold) == [("Ada Lovelace", "PER", True), ("Oslo", "LOC", False)]
    assert marked_texts(found.predicted) == [("Ada", "PER", True), ("Oslo", "LOC", False)]


def test_only_words_with_another_plain_tag_are_listed() -> None:
    sentence = TaggedSentence(WORDS, ("NNP", "NNP", "VBD", "NNP"))
    found = of_tags.find_mistake(sentence, ["NNP", "NNP", "NN", "NNP"], [0.5] * 4, "plain")
    assert found is not None
    assert found.to_dict() == {
        "text": "Ada Lovelace saw Oslo",
        "gold": [{"text": "saw", "label": "VBD", "start": 13, "end": 16}],
        "predicted": [{"text": "saw", "label": "NN", "start": 13, "end": 16, "score": 0.5}],
    }


@pytest.mark.parametrize("tags", [("B-PER", "I-PER", "O", "B-LOC"), ("I-PER", "I-PER", "O", "I-LOC")])
def test_tags_with_the_same_spans_are_no_mistake(tags: tuple[str, ...]) -> None:
    sentence = TaggedSentence(WORDS, ("B-PER", "I-PER", "O", "B-LOC"))
    assert of_tags.find_mistake(sentence, list(tags), [1.0] * 4, "bio") is None


def test_a_label_of_a_text() -> None:
    gold = LabelledText("a film", ("good",), Origin("a.csv", 2))
    scores = {"bad": 0.75, "good": 0.125, "mixed": 0.125}
    assert of_texts.find_mistake(gold, Classification("a film", ("good",), scores)) is None
    found = of_texts.find_mistake(gold, Classification("a film", ("bad",), scores))
    assert found is not None
    assert found.to_dict() == {
        "text": "a film",
        "gold": "good",
        "predicted": "bad",
        "scores": {"good": 0.125, "bad": 0.75},
        "file": "a.csv",
        "line": 2,
    }


def test_several_labels_of_a_text_and_a_label_that_training_never_saw() -> None:
    gold = LabelledText("a film", ("long", "new", "warm"))
    scores = {"long": 0.75, "warm": 0.25, "dull": 0.75}
    found = of_texts.find_mistake(gold, Classification("a film", ("long", "dull"), scores, multi_label=True))
    assert found is not None
    assert (found.gold.value, found.predicted.value) == (["long", "new", "warm"], ["long", "dull"])
    assert found.details == {"scores": {"long": 0.75, "warm": 0.25, "dull": 0.75}}
    assert marked_texts(found.gold) == [("long", "", False), ("new", "", True), ("warm", "", True)]
    nothing = of_texts.find_mistake(gold, Classification("a film", (), scores, multi_label=True))
    assert nothing is not None
    assert nothing.predicted.text == ""


def translation(text: str) -> Translation:
    return Translation("a dog", ("a", "dog"), (Hypothesis(text, -0.5, (), np.zeros((0, 2), np.float32)),))


def test_words_of_a_translation_that_differ() -> None:
    pair = SentencePair("a dog", "ein Hund rennt", Origin("test.en", 3))
    assert of_translations.find_mistake(pair, translation("ein Hund rennt")) is None
    assert of_translations.find_mistake(SentencePair("", " ein  Hund "), translation("ein Hund")) is None
    assert of_translations.find_mistake(SentencePair("", "e\u0301"), translation("é")) is None
    found = of_translations.find_mistake(pair, translation("eine Katze rennt schnell"))
    assert found is not None
    assert found.to_dict() == {
        "text": "a dog",
        "gold": "ein Hund rennt",
        "predicted": "eine Katze rennt schnell",
        "score": -0.5,
        "file": "test.en",
        "line": 3,
    }
    assert marked_texts(found.gold) == [("ein Hund", "", True)]
    assert marked_texts(found.predicted) == [("eine Katze", "", True), ("schnell", "", True)]


def test_very_long_texts_have_no_marks() -> None:
    gold, predicted = text_sides("a " * 3000, "b " * 3000)
    assert (gold.marks, predicted.marks) == ((), ())


def sentence(brackets: str) -> Constituents:
    return Constituents.from_tree(parse_tree([(1, brackets)]))


def test_constituents_and_parts_of_speech_that_differ() -> None:
    gold = sentence("(S (NP (DT The) (NN cat)) (VP (VBZ sleeps)))")
    assert of_parses.find_mistake(gold, gold) is None
    found = of_parses.find_mistake(gold, sentence("(S (NP (DT The)) (NP (NN cat) (VBP sleeps)))"))
    assert found is not None
    assert found.to_dict() == {
        "text": "The cat sleeps",
        "gold": "(S (NP (DT The) (NN cat)) (VP (VBZ sleeps)))",
        "predicted": "(S (NP (DT The)) (NP (NN cat) (VBP sleeps)))",
    }
    assert [text for text, _, _ in marked_texts(found.gold)] == ["NP", "VP", "VBZ"]
    assert [text for text, _, _ in marked_texts(found.predicted)] == ["NP", "NP", "VBP"]


def test_equal_nodes_are_marked_as_often_as_they_are_missing() -> None:
    found = of_parses.find_mistake(sentence("(NP (NP (NP (N a))))"), sentence("(NP (N a))"))
    assert found is not None
    assert found.gold.marks == [Mark(1, 3), Mark(5, 7)]
    assert found.predicted.marks == []


def test_labels_of_nodes_that_differ_and_nodes_without_a_gold_label() -> None:
    tree = parse_tree([(1, "(4 (2 not) (3 (2 so) (1 bad)))")])
    labelled = LabelledTree(tree, ("4", "2", "0", "2", "0"), (0.5,) * 5)
    bounds = {(0, 3): "4", (0, 1): "2", (1, 3): "3", (1, 2): "2"}
    found = of_trees.find_mistake(tree, bounds, labelled)
    assert found is not None
    assert (found.gold.text, found.gold.marks) == ("(4 (2 not) (3 (2 so) (1 bad)))", [Mark(12, 13)])
    assert (found.predicted.text, found.predicted.marks) == ("(4 (2 not) (0 (2 so) (0 bad)))", [Mark(12, 13)])
    assert of_trees.find_mistake(tree, {(0, 3): "4"}, labelled) is None


def test_a_label_with_brackets_does_not_move_the_marks() -> None:
    tree = parse_tree([(1, "(S (A a) (B b))")])
    odd = type(tree)(
        tree.words, tuple(span._replace(label=span.label.replace("A", "((")) for span in tree.spans)
    )
    side = tree_side(odd, Counter([odd.spans[2]]))
    assert [side.text[mark.start : mark.end] for mark in side.marks] == ["B"]


class Reader(HTMLParser):
    """Checks that tags are closed, and collects texts and classes of marks."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []
        self.texts: list[str] = []
        self.wrong: list[bool] = []

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        if tag != "meta":
            self.opened.append(tag)
        if tag == "mark":
            self.wrong.append(("class", "wrong") in attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self.opened.pop() == tag

    def handle_data(self, data: str) -> None:
        if "dd" in self.opened:
            self.texts.append(data)


def read_page(mistakes: Sequence[Mistake]) -> Reader:
    reader = Reader()
    reader.feed("\n".join(write_page(mistakes, "Mistakes of <m> on a&b")))
    assert reader.opened == []
    return reader


def test_the_page_shows_both_sides() -> None:
    labels = label_side("<b>", ["<b>"], ["c"]), label_side("c", ["c"], ["c"])
    page = "\n".join(write_page([Mistake("a & b", *labels, Origin("x.csv", 2))], "Mistakes of <m>"))
    for text in (
        "<title>Mistakes of &lt;m&gt;</title>",
        "<small>x.csv:2</small>",
        '<p dir="auto">a &amp; b</p>',
        '<dt>gold</dt><dd dir="auto"><mark class="wrong">&lt;b&gt;</mark></dd>',
        '<dt>predicted</dt><dd dir="auto"><mark>c</mark></dd>',
    ):
        assert text in page


texts = st.text(st.characters(exclude_characters="\r\0", exclude_categories=("Cs",)))


@given(texts, texts)
def test_the_page_keeps_every_text(gold: str, predicted: str) -> None:
    reader = read_page([Mistake("", *text_sides(gold, predicted))])
    assert "".join(reader.texts) == gold + predicted
    assert all(reader.wrong)


@given(st.lists(st.sampled_from("abc"), max_size=8), st.lists(st.sampled_from("abc"), max_size=8))
def test_texts_without_their_marked_words_are_equal(gold: list[str], predicted: list[str]) -> None:
    def rest(side: Side) -> list[str]:
        places = [place for mark in side.marks for place in range(mark.start, mark.end)]
        return [text for place, text in enumerate(side.text) if place not in places and text != " "]

    first, second = text_sides(" ".join(gold), " ".join(predicted))
    assert rest(first) == rest(second)
    assert bool(first.marks or second.marks) == (gold != predicted)
