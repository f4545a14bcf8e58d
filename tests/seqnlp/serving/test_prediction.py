"""Predictions as lines of JSON, with the fields of the input line."""

import json
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqnlp.serving.items import Item, read_text_objects
from seqnlp.serving.predict_options import write_json
from seqnlp.serving.prediction import Prediction, place_fields


@dataclass(frozen=True)
class Length(Prediction):
    """The length of a text."""

    text: str

    def to_dict(self) -> dict[str, Any]:
        return {"text": self.text, "length": len(self.text)}


NAMES = st.sampled_from(["text", "length", "input", "id", "Łódź"])
VALUES = st.none() | st.booleans() | st.integers() | st.text(st.characters(codec="utf-8"))
FIELDS = st.dictionaries(NAMES, VALUES | st.lists(VALUES) | st.dictionaries(NAMES, VALUES))


@given(FIELDS)
def test_every_field_comes_back_and_the_prediction_keeps_its_names(fields) -> None:
    prediction = Length("Ada")
    line = prediction.to_json(fields)
    assert "\n" not in line
    found = json.loads(line)
    assert found.items() >= prediction.to_dict().items()
    colliding = {"text", "length"} & fields.keys()
    moved = colliding | ({"input"} & fields.keys() if colliding else set())
    assert found.get("input") == ({name: fields[name] for name in moved} if moved else fields.get("input"))
    assert {name: found[name] for name in fields.keys() - moved} == {
        name: value for name, value in fields.items() if name not in moved
    }
    assert found.keys() == {"text", "length"} | (fields.keys() - moved) | ({"input"} if moved else set())


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        (None, '{"text": "Łódź", "length": 4}'),
        ({"id": 7, "input": 1}, '{"id": 7, "input": 1, "text": "Łódź", "length": 4}'),
        ({"length": 1, "id": 7}, '{"id": 7, "input": {"length": 1}, "text": "Łódź", "length": 4}'),
        ({"input": 1, "length": 2}, '{"input": {"length": 2, "input": 1}, "text": "Łódź", "length": 4}'),
    ],
)
def test_fields_come_before_the_prediction(fields, line: str) -> None:
    assert Length("Łódź").to_json(fields) == line


def test_fields_that_do_not_collide_are_not_copied() -> None:
    fields = {"id": 7}
    assert place_fields(fields, ["text"]) is fields


@pytest.mark.parametrize(
    ("line", "content", "output"),
    [
        ({"id": 7, "text": "Ada"}, "Ada", {"id": 7, "text": "Ada", "length": 3}),
        (
            {"tokens": ["Ada", "B"]},
            ("Ada", "B"),
            {"tokens": ["Ada", "B"], "text": "Ada B", "length": 5},
        ),
        (
            {"text": "Ada", "tokens": 1, "length": None},
            "Ada",
            {"tokens": 1, "input": {"length": None}, "text": "Ada", "length": 3},
        ),
    ],
)
def test_a_line_of_input_comes_back_with_its_prediction(line, content, output) -> None:
    (item,) = read_text_objects([(1, json.dumps(line))], "input.jsonl")
    assert item == Item(content, item.size, item.fields)
    text = content if isinstance(content, str) else " ".join(content)
    assert write_json(item, Length(text)) == json.dumps(output)


@pytest.mark.parametrize("length", [10, 100_000])
def test_the_size_of_an_item_includes_its_fields(length: int) -> None:
    (item,) = read_text_objects([(1, json.dumps({"text": "Ada", "more": "x" * length}))], "input.jsonl")
    assert item.size >= length + len("Ada")
