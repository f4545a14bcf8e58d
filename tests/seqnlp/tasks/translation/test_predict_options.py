"""Options of translation, output formats and pictures."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from seqnlp.errors import ConfigError
from seqnlp.serving.items import Item
from seqnlp.tasks.translation.predict_options import TranslatorPredictOptions
from seqnlp.tasks.translation.prediction import Hypothesis, Translation
from seqnlp.tasks.translation.search import SearchOptions

ITEM = Item("a <dog>", 7, {"id": 7})
ATTENTION = np.array([[0.9, 0.1], [0.25, 0.75], [0.0, 1.0]], np.float32)
BEST = Hypothesis("ein Hund", -0.51234, (" ein", " Hun", "d"), (ATTENTION,))
SECOND = Hypothesis("der Hund", -1.5, (" der", " Hund"), (ATTENTION[:2],))
ONE = Translation("a <dog>", (" a", " <dog>"), (BEST,))
TWO = Translation("a <dog>", (" a", " <dog>"), (BEST, SECOND))


def write(name: str, found: Translation, **options) -> str:
    return TranslatorPredictOptions(**options).writers()[name](ITEM, found)


def test_options_that_are_not_given_have_the_defaults_of_the_search() -> None:
    assert TranslatorPredictOptions().search() == SearchOptions()
    options = TranslatorPredictOptions(beam_size=8, n_best=3, length_penalty=0.0)
    assert options.search() == SearchOptions(beam_size=8, n_best=3, length_penalty=0.0)


def test_contradictory_options_are_refused_before_a_prediction() -> None:
    with pytest.raises(ConfigError, match="n_best must not exceed beam_size"):
        TranslatorPredictOptions(n_best=6).check(None)


def test_one_translation_is_written_as_text() -> None:
    assert write("text", ONE) == "ein Hund"
    assert write("text", TWO) == " -0.5123  ein Hund\n -1.5000  der Hund\n"


def test_a_line_of_json_begins_with_the_fields_of_the_input() -> None:
    assert write("jsonl", ONE) == (
        '{"id": 7, "text": "a <dog>", "translation": "ein Hund", "score": -0.5123}'
    )
    assert json.loads(write("jsonl", TWO))["hypotheses"] == [
        {"text": "ein Hund", "score": -0.5123},
        {"text": "der Hund", "score": -1.5},
    ]


def test_attention_is_written_as_json() -> None:
    found = json.loads(write("jsonl", ONE, show_attention=True))
    assert found == {
        **json.loads(write("jsonl", ONE)),
        "source_subwords": [" a", " <dog>"],
        "subwords": [" ein", " Hun", "d"],
        "alignment": [0, 1, 1],
        "attention": [[0.9, 0.1], [0.25, 0.75], [0.0, 1.0]],
    }


def test_fields_with_the_names_of_the_attention_come_back_as_input() -> None:
    item = Item("a <dog>", 7, {"id": 7, "subwords": 3})
    for show_attention, fields in (
        (False, {"id": 7, "subwords": 3}),
        (True, {"id": 7, "input": {"subwords": 3}}),
    ):
        options = TranslatorPredictOptions(show_attention=show_attention)
        found = json.loads(options.writers()["jsonl"](item, ONE))
        assert {name: found[name] for name in fields} == fields
        assert ("input" in found, "attention" in found) == (show_attention, show_attention)


def test_attention_is_written_as_shades() -> None:
    assert write("text", ONE, show_attention=True) == "\n".join(
        [
            "ein Hund",
            "       e  H",
            "       i  u",
            "       n  n  d",
            "a      █  ░",
            "<dog>     ▓  █",
            "",
        ]
    )


def test_a_picture_needs_the_attention(tmp_path: Path) -> None:
    picture = tmp_path / "attention.png"
    with pytest.raises(ConfigError, match="add --show-attention"):
        TranslatorPredictOptions().check_drawing()
    TranslatorPredictOptions(show_attention=True).check_drawing()
    ONE.draw(picture)
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_a_notebook_shows_the_translation_and_its_attention_as_a_shaded_table() -> None:
    html = TWO._repr_html_()
    assert html.startswith("<p>ein Hund</p><table><tr><th></th><th>a</th><th>&lt;dog&gt;</th></tr>")
    assert re.findall(r"<tr><th>(\w+)</th>", html) == ["ein", "Hun", "d"]
    assert re.findall(r'<td title="([\d.]+)"', html) == ["0.90", "0.10", "0.25", "0.75", "0.00", "1.00"]
    assert re.findall(r", ([\d.]+)\)", html) == ["0.90", "0.10", "0.25", "0.75", "0.00", "1.00"]
    empty = Translation("", (), (Hypothesis("", 0.0, (), ()),))
    assert empty._repr_html_() == "<p></p>"


def test_a_translation_has_a_short_repr() -> None:
    assert repr(ONE) == (
        "Translation(source='a <dog>', hypotheses=(Hypothesis(text='ein Hund', score=-0.51234),))"
    )
