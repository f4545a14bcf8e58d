"""Tagging with a model file."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import seqnlp
from seqnlp.tasks.tagging.model import Tagger
from seqnlp.tasks.tagging.prediction import TaggedText
from seqnlp.text.schemes import to_spans
from seqnlp.text.vocabulary import Vocabulary

WORDS = "Ada Lovelace wrote to Charles Babbage in London , not Paris 1843 . Łódź 👍🏽".split()


@pytest.fixture(scope="module")
def tagger(model: Path) -> Tagger:
    return seqnlp.load(model, threads=1)


@pytest.fixture(scope="module")
def sentences() -> list[list[str]]:
    """Sentences from zero words to several windows, in random order."""
    random = np.random.default_rng(3)
    return [random.choice(WORDS, size).tolist() for size in random.permutation(80)]


def assert_same(found: list[tuple[list[str], list[float]]], expected: list[tuple[list[str], list[float]]]):
    assert [tags for tags, _ in found] == [tags for tags, _ in expected]
    for (_, scores), (_, others) in zip(found, expected, strict=True):
        assert scores == pytest.approx(others, abs=1e-5)


@pytest.mark.parametrize("batch_size", [1, 7, 64])
def test_predictions_do_not_depend_on_the_batch_size(model, tagger, sentences, batch_size) -> None:
    other = Tagger.load(model, threads=1, batch_size=batch_size)
    assert_same(other.tag(sentences), tagger.tag(sentences))


def test_sentences_are_tagged_alike_one_by_one_and_together(tagger, sentences) -> None:
    together = tagger.tag(sentences)
    assert len({tag for tags, _ in together for tag in tags}) > 3
    assert_same([tagger.tag([sentence])[0] for sentence in sentences], together)


def test_the_batch_size_limits_the_rows_of_a_batch(model, sentences, monkeypatch) -> None:
    tagger = Tagger.load(model, batch_size=5)
    rows = []

    class Counting:
        def run(self, names, inputs, session=tagger.file.session):
            rows.append(len(inputs["lengths"]))
            return session.run(names, inputs)

    monkeypatch.setitem(tagger.file.__dict__, "session", Counting())
    tagger.tag(sentences)
    assert max(rows) == 5


def test_a_sentence_of_a_thousand_words_equals_its_windows(tagger) -> None:
    """Windows of 12 words share 3 on each side; each word is tagged where it has context on both sides."""
    codec = tagger.codec
    assert (codec.max_length, codec.context) == (12, 3)
    words = np.random.default_rng(4).choice(WORDS, 1000).tolist()
    ids, expected = {}, []
    for keep in range(0, 1000, 6):
        first = max(0, keep - 3)
        window = words[first : keep + 9]
        whole = codec.encode([window])
        (tags,) = tagger.file.session.run(
            ["tags"],
            {
                "words": whole.words[None],
                "spellings": whole.spellings[None],
                "characters": whole.characters,
                "lengths": np.array([len(window)], np.int32),
            },
        )
        for place in range(keep, min(keep + 6, 1000)):
            ids[place] = tags[0, place - first]
    expected = codec.decode(np.array([ids[place] for place in range(1000)]), [1000])
    ((tags, scores),) = tagger.tag([words])
    assert [tags] == expected
    assert len(scores) == 1000


def test_predictions_are_in_the_order_of_the_texts(tagger) -> None:
    texts = [" ".join(WORDS[:size]) for size in (3, 12, 1, 0, 7)]
    predictions = tagger.predict(texts)
    assert [prediction.text for prediction in predictions] == texts
    assert predictions == [tagger(text) for text in texts]


@pytest.mark.parametrize("content", ["", " ", " \t\n\u2028 ", ()])
def test_an_empty_text_has_no_tags(tagger, content) -> None:
    text = content if isinstance(content, str) else ""
    nothing = TaggedText(text, [], [], [], [], [])
    assert tagger.predict([content]) == [nothing]
    one = tagger("Ada lives")
    assert tagger.predict(["Ada lives", content, "Ada lives"]) == [one, nothing, one]


def test_an_empty_list_has_no_predictions(tagger) -> None:
    assert tagger.predict([]) == []
    assert tagger.tag([]) == []
    assert tagger.tag([[], []]) == [([], []), ([], [])]


def test_the_text_of_words_has_spaces_between_them(tagger) -> None:
    words = ["New York", "is", "big!", "👍🏽"]
    (prediction,) = tagger.predict([words])
    assert prediction.text == "New York is big! 👍🏽"
    assert [token.text for token in prediction.tokens] == words
    assert_surfaces(prediction)
    ((tags, _),) = tagger.tag([words])
    assert prediction.tags == tags


def test_every_sentence_of_a_text_is_tagged_separately(tagger) -> None:
    text = "Ada wrote to Charles. London is not Paris."
    first, second = tagger.predict(["Ada wrote to Charles.", "London is not Paris."])
    both = tagger(text)
    assert both.tags == [*first.tags, *second.tags]
    shifted = [(entity.label, entity.start + 22, entity.end + 22) for entity in second.entities]
    assert [(entity.label, entity.start, entity.end) for entity in both.entities] == [
        *((entity.label, entity.start, entity.end) for entity in first.entities),
        *shifted,
    ]


def test_entities_are_the_spans_of_the_tags(tagger) -> None:
    prediction = tagger(" ".join(WORDS))
    spans = to_spans(prediction.tags, "bio")
    assert spans
    assert [entity.label for entity in prediction.entities] == [span.label for span in spans]
    for entity, span in zip(prediction.entities, spans, strict=True):
        assert entity.start == prediction.tokens[span.start].start
        assert entity.end == prediction.tokens[span.end - 1].end
        assert entity.score == min(prediction.scores[span.start : span.end])


def test_predictions_have_json_values(tagger) -> None:
    prediction = tagger("Ada lives in Paris")
    assert list(prediction.to_dict()) == ["text", "entities"]
    value = prediction.to_dict(tokens=True)
    assert list(value) == ["text", "entities", "tokens"]
    assert [list(token) for token in value["tokens"]] == [["text", "start", "end", "label", "score"]] * 4
    assert [token["label"] for token in value["tokens"]] == prediction.tags
    assert all(0 <= token["score"] <= 1 for token in value["tokens"])


def assert_surfaces(prediction: TaggedText) -> None:
    for part in (*prediction.tokens, *prediction.entities):
        assert prediction.text[part.start : part.end] == part.text
        assert part.text
    assert len(prediction.tokens) == len(prediction.tags) == len(prediction.scores)


ANY_TEXT = st.text(
    st.one_of(
        st.characters(codec=None),
        st.sampled_from("\x00\ud800\udfff\u200d\u202e\u0301\u05d0\u0627👍\U0001f3fd\r\n\t .!?AaLl"),
    ),
    max_size=60,
)


@given(texts=st.lists(ANY_TEXT, max_size=4))
def test_offsets_give_the_surface_of_any_text(tagger, texts) -> None:
    predictions = tagger.predict(texts)
    assert [prediction.text for prediction in predictions] == texts
    for prediction in predictions:
        assert_surfaces(prediction)


JSON = st.recursive(st.none() | st.integers() | st.text(), st.lists, max_leaves=4)


@given(
    text=ANY_TEXT,
    fields=st.none() | st.dictionaries(st.text().map("further {}".format), JSON, max_size=3),
    tokens=st.booleans(),
)
def test_the_json_line_has_the_json_values(tagger, text, fields, tokens) -> None:
    prediction = tagger(text)
    line = prediction.to_json(fields, tokens=tokens)
    assert json.loads(line) == {**(fields or {}), **prediction.to_dict(tokens=tokens)}
    assert "\n" not in line


@given(words=st.lists(st.text(min_size=1, max_size=40), max_size=30))
def test_offsets_give_the_surface_of_any_words(tagger, words) -> None:
    (prediction,) = tagger.predict([words])
    assert [token.text for token in prediction.tokens] == words
    assert_surfaces(prediction)


def test_a_word_can_have_300_000_characters(tagger) -> None:
    word = "Łódź" * 75_000
    prediction = tagger(f"In {word} lives Ada .")
    assert_surfaces(prediction)
    assert [token.text for token in prediction.tokens] == ["In", word, "lives", "Ada", "."]


def test_the_model_knows_the_spans_of_the_training_data(tagger, make_tagger: Callable[..., Path]) -> None:
    assert ("Ada Lovelace", "PER") in tagger.known
    assert ("Ada Lovelace", "LOC") not in tagger.known
    assert ("Grace Hopper", "PER") not in tagger.known
    assert Tagger.load(make_tagger(without=["seqnlp.facts"])).known is None


def test_plain_tags_form_no_entities(make_tagger: Callable[..., Path]) -> None:
    labels = Vocabulary(["NNP", "VBD", "B-ODD"], closed=True)
    tagger = Tagger.load(make_tagger(labels=labels, scheme="plain", without=["seqnlp.facts"]))
    prediction = tagger("Ada Lovelace wrote to Charles Babbage")
    assert set(prediction.tags) <= {"NNP", "VBD", "B-ODD"}
    assert prediction.entities == []
    assert tagger.known is None


def test_a_run_directory_is_a_model(model, tagger) -> None:
    assert seqnlp.load(str(model.parent))("Ada lives") == tagger("Ada lives")
