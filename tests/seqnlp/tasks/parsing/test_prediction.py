"""Predictions: parts of speech, JSON, drawings."""

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from seqnlp.serving.items import Item
from seqnlp.tasks.parsing.predict_options import ParserPredictOptions
from seqnlp.tasks.parsing.prediction import Parse
from seqnlp.text.tokenizers import Token
from seqnlp.trees.brackets import parse_tree

TREES = ("(S (NP (NNP Tom)) (VP (VBD saw) (NP (NNP Anna))) (. .))", "(INTJ (UH Oh))")
OPTIONS = ParserPredictOptions()
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def parse() -> Parse:
    text = "Tom saw Anna. Oh"
    places = [(0, 3), (4, 7), (8, 12), (12, 13), (14, 16)]
    tokens = [Token(text[start:end], start, end) for start, end in places]
    return Parse(text, tokens, [parse_tree([(1, tree)]) for tree in TREES], 1.25)


def test_each_token_has_the_part_of_speech_of_its_tree(parse: Parse) -> None:
    assert parse.tags == ["NNP", "VBD", "NNP", ".", "UH"]


def test_json_starts_with_the_fields_of_the_input(parse: Parse) -> None:
    item = Item(parse.text, 16, {"id": 7})
    found = json.loads(OPTIONS.writers()["jsonl"](item, parse))
    assert found == {"id": 7, "text": parse.text, "tree": " ".join(TREES), "score": 1.25}
    found = json.loads(ParserPredictOptions(tokens=True).writers()["jsonl"](item, parse))
    assert list(found) == ["id", "text", "tree", "score", "tokens"]
    assert found["tokens"][4] == {"text": "Oh", "start": 14, "end": 16, "label": "UH"}


def test_text_has_one_tree_per_line(parse: Parse) -> None:
    assert OPTIONS.writers()["text"](Item(parse.text, 16), parse).splitlines() == list(TREES)


def test_terminals_show_drawn_trees_in_colour(parse: Parse) -> None:
    drawing = OPTIONS.terminal_writer()(Item(parse.text, 16), parse)
    assert re.match(r"\x1b\[1;3\dmS\x1b\[0m\n", drawing)
    assert re.sub(r"\x1b\[[\d;]*m", "", drawing).splitlines() == [
        "S",
        "├─ NP",
        "│  └─ NNP Tom",
        "├─ VP",
        "│  ├─ VBD saw",
        "│  └─ NP",
        "│     └─ NNP Anna",
        "└─ . .",
        "INTJ",
        "└─ UH Oh",
    ]


def test_notebooks_show_the_drawing_that_can_be_written(parse: Parse, tmp_path: Path) -> None:
    path = tmp_path / "trees.svg"
    OPTIONS.check_drawing()
    parse.draw(str(path))
    assert path.read_text(encoding="utf-8") == parse._repr_html_()
    words = [text.text for text in ElementTree.fromstring(parse._repr_html_()).iter(f"{SVG}text")]
    assert {"Tom", "saw", "Anna", ".", "Oh"} <= set(words)
