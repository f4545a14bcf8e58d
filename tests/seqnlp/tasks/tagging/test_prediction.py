"""Predictions as JSON and as HTML."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqnlp.serving.prediction import to_line
from seqnlp.tasks.tagging.prediction import Entity, TaggedText
from seqnlp.text.tokenizers import Token

TEXTS = st.text(st.characters(), max_size=12)
PLACES = st.integers(0, 10**6)
SCORES = st.floats(0, 1)
TAGGED_TOKENS = st.lists(st.tuples(st.builds(Token, TEXTS, PLACES, PLACES), TEXTS, SCORES), max_size=4)
ENTITIES = st.lists(st.builds(Entity, TEXTS, TEXTS, PLACES, PLACES, SCORES), max_size=3)
FIELDS = st.dictionaries(
    TEXTS | st.sampled_from(["text", "tokens", "entities", "input"]),
    st.none() | st.booleans() | st.integers() | TEXTS | st.lists(TEXTS, max_size=2),
    max_size=3,
)


@given(TEXTS, TAGGED_TOKENS, ENTITIES, FIELDS, st.booleans(), st.booleans())
def test_the_json_line_has_the_values_of_the_dict(text, tagged, entities, fields, shown, plain) -> None:
    tokens, tags, scores = zip(*tagged, strict=True) if tagged else ((), (), ())
    prediction = TaggedText(text, tokens, tags, scores, entities, plain=plain)
    written = prediction.to_json(fields, tokens=shown)
    assert "\n" not in written
    values = prediction.to_dict(tokens=shown)
    names = ["entities", "tokens"] if shown or plain else ["entities"]
    assert list(values) == ["text", *names]
    expected, found = json.loads(to_line(values, fields)), json.loads(written)
    assert list(found) == list(expected)
    for name in names:
        for one, other in zip(found.pop(name), expected.pop(name), strict=True):
            assert one.pop("score") == pytest.approx(other.pop("score"), abs=1e-12)
            assert one == other
    assert found == expected


def test_scores_have_four_digits() -> None:
    prediction = TaggedText(
        "Ada", [Token("Ada", 0, 3)], ["B-PER"], [2 / 3], [Entity("Ada", "PER", 0, 3, 1.0)]
    )
    assert prediction.to_json({"id": 7}, tokens=True) == (
        '{"id": 7, "text": "Ada", '
        '"entities": [{"text": "Ada", "label": "PER", "start": 0, "end": 3, "score": 1.0000}], '
        '"tokens": [{"text": "Ada", "start": 0, "end": 3, "label": "B-PER", "score": 0.6667}]}'
    )


def test_a_notebook_shows_labels_highlighted_and_text_escaped() -> None:
    entities = [Entity("<Ada>", "P&R", 0, 5, 0.9)]
    html = TaggedText("<Ada> & co", [], [], [], entities)._repr_html_()
    assert html.startswith("<div ")
    assert html.endswith("</div>")
    assert re.sub("<[^>]*>", "", html) == "&lt;Ada&gt; P&amp;R &amp; co"
    assert re.findall("<mark [^>]*>(.*?)</mark>", html) == ["&lt;Ada&gt; <small>P&amp;R</small>"]


def test_a_notebook_shows_plain_tags_of_all_words() -> None:
    tokens = [Token("Birds", 0, 5), Token("fly", 6, 9)]
    html = TaggedText("Birds fly", tokens, ["NOUN", "VERB"], [1.0, 1.0], [], plain=True)._repr_html_()
    assert re.sub("<[^>]*>", "", html) == "Birds NOUN fly VERB"
    backgrounds = re.findall("background: [^;]*", html)
    assert len(set(backgrounds)) == 2
