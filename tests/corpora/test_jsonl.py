import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqnlp.corpora import Problems, read_jsonl
from seqnlp.errors import DataError
from seqnlp.records import AnnotatedText, Origin, Span


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "some.jsonl"


def test_entities_are_lists_or_objects(path: Path) -> None:
    path.write_text(
        '\n{"id": 7, "text": "Ada 🙂 Lovelace in London.", "entities": [[18, 24, "LOC"], [0, 14, "PER"]]}\r\n'
        '{"text": "no\\nname", "entities": []}\n   \n'
        '{"text": "Oslo", "entities": [{"start": 0, "end": 4, "label": "LOC", "confidence": 1}]}'
    )
    assert list(read_jsonl(path)) == [
        AnnotatedText("Ada 🙂 Lovelace in London.", (Span("PER", 0, 14), Span("LOC", 18, 24))),
        AnnotatedText("no\nname", ()),
        AnnotatedText("Oslo", (Span("LOC", 0, 4),)),
    ]
    assert [text.origin for text in read_jsonl(path)] == [Origin(str(path), line) for line in (2, 3, 5)]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([], "not a JSON object"),
        ({"entities": []}, "the key 'text' is missing"),
        ({"text": "Oslo"}, "the key 'entities' is missing"),
        ({"text": 1, "entities": []}, "'text' is not a string"),
        ({"text": "Oslo", "entities": {}}, "'entities' is not a list"),
        ({"text": " \n", "entities": []}, "the text is blank"),
        ({"text": "Oslo", "entities": [[0, 4]]}, "an entity is not [start, end, label]: [0, 4]"),
        ({"text": "Oslo", "entities": [[0, 4, ""]]}, 'an entity is not [start, end, label]: [0, 4, ""]'),
        (
            {"text": "Oslo", "entities": [[False, 4, "X"]]},
            'an entity is not [start, end, label]: [false, 4, "X"]',
        ),
        (
            {"text": "Oslo", "entities": [{"start": 0, "label": "X"}]},
            'not [start, end, label]: [0, null, "X"]',
        ),
        (
            {"text": "Oslo", "entities": [[0, 4.0, "X"]]},
            'is not [start, end, label]: [0, 4.0, "X"]',
        ),
        ({"text": "Oslo", "entities": [[2, 2, "X"]]}, "the entity 'X' [2, 2] is empty"),
        (
            {"text": "Oslo", "entities": [[0, 5, "X"]]},
            "the entity 'X' [0, 5] exceeds the text of 4 characters",
        ),
        (
            {"text": "Oslo", "entities": [[-1, 2, "X"]]},
            "the entity 'X' [-1, 2] exceeds the text of 4 characters",
        ),
        (
            {"text": "Oslo", "entities": [[3, 1, "X"]]},
            "the entity 'X' [3, 1] exceeds the text of 4 characters",
        ),
        (
            {"text": "Oslo", "entities": [[2, 4, "Y"], [0, 3, "X"]]},
            "the entity 'X' [0, 3] and the entity 'Y' [2, 4] overlap",
        ),
        ({"text": "Oslo \ud83d", "entities": []}, r"the text contains a lone surrogate, '\ud83d'"),
        ({"text": "Oslo", "entities": [[0, 4, "\ud83d"]]}, r"the label contains a lone surrogate, '\ud83d'"),
    ],
)
def test_an_error_is_one_line_with_the_place(path: Path, value: Any, message: str) -> None:
    path.write_text('{"text": "fine", "entities": []}\n' + json.dumps(value))
    with pytest.raises(DataError) as caught:
        list(read_jsonl(path))
    assert str(caught.value).startswith(f"{path}:2: ")
    assert str(caught.value).endswith(message)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"text": "Oslo", entities: []}', ":1: invalid JSON: .*, at column 18$"),
        ("[" * 100_000, ":1: the JSON is nested too deeply$"),
        ("1" * 5_000, ":1: .*integer string conversion"),
        ("", r"some\.jsonl: contains no text$"),
    ],
)
def test_invalid_json_raises(path: Path, line: str, message: str) -> None:
    path.write_text(line)
    with pytest.raises(DataError, match=message):
        list(read_jsonl(path))


def test_skipped_texts_are_counted(path: Path) -> None:
    path.write_bytes(b'{"text": "a", "entities": []}\n{\n\xff\n{"text": "b", "entities": []}\n')
    problems = Problems()
    assert [text.text for text in read_jsonl(path, on_error=problems)] == ["a", "b"]
    assert [error.line for error in problems.first] == [2, 3]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["text", "entities", "start", "end", "label"]), inner, max_size=4)
    ),
)
OFFSETS = st.integers(-2, 8)
ENTITIES = st.tuples(OFFSETS, OFFSETS, st.text(max_size=2) | VALUES)
OBJECTS = st.fixed_dictionaries({"text": st.text(max_size=8), "entities": st.lists(ENTITIES, max_size=4)})
FILES = st.lists((OBJECTS | VALUES).map(json.dumps)).map("\n".join).map(str.encode)


@given(content=FILES | st.binary())
def test_any_bytes_give_texts_or_data_errors(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.jsonl"
    path.write_bytes(content)
    problems = Problems()
    with suppress(DataError):
        for text in read_jsonl(path, on_error=problems):
            edges = [edge for span in text.spans for edge in (span.start, span.end)]
            assert edges == sorted(edges)
            assert all(0 <= span.start < span.end <= len(text.text) and span.label for span in text.spans)
            text.text.encode()
    assert not any("\n" in str(error) for error in problems.first)
