import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqnlp.corpora import LABELLED, TAGGED, Problems, TaggedOptions, read_jsonl
from seqnlp.errors import DataError
from seqnlp.records import AnnotatedText, LabelledText, Origin, Span, TaggedSentence


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
            'not [start, end, label]: {"start": 0, "label": "X"}',
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
        ("[]", r"some\.jsonl: contains no text$"),
        ('[{"text": "Oslo", "entities": []},\n]', ":1: invalid JSON: Expecting ',' delimiter, at column 34$"),
        ('[{"text": "Oslo", "entities": []}\n', ":1: invalid JSON: Expecting ',' delimiter, at column 34$"),
        ('[\n{"text": "Oslo"\n', ":2: invalid JSON: Expecting ',' delimiter, at column 16$"),
        ('[\n{"text": "Oslo", "entities": []}] x', ":2: invalid JSON: Extra data, at column 34$"),
        ('[\n{"text": "Oslo"}]', ":2: the key 'entities' is missing$"),
        ("[" + "1" * 5_000 + "]", ":1: .*integer string conversion"),
        ('[{"text": "Oslo"},\n"\udcff"]', ":2: not UTF-8: byte 0xFF"),
    ],
)
def test_invalid_json_raises(path: Path, line: str, message: str) -> None:
    path.write_text(line, encoding="utf-8", errors="surrogateescape")
    with pytest.raises(DataError, match=message):
        list(read_jsonl(path))


def test_skipped_texts_are_counted(path: Path) -> None:
    path.write_bytes(b'{"text": "a", "entities": []}\n{\n\xff\n{"text": "b", "entities": []}\n')
    problems = Problems()
    assert [text.text for text in read_jsonl(path, on_error=problems)] == ["a", "b"]
    assert [error.line for error in problems.first] == [2, 3]


ADA = AnnotatedText("Ada in Oslo", (Span("PER", 0, 3), Span("LOC", 7, 11)))


@pytest.mark.parametrize(
    "value",
    [
        {"entities": [[0, 3, "PER"], [7, 11, "LOC"]]},
        # Prodigy
        {
            "tokens": [{"text": "Ada", "start": 0, "end": 3, "id": 0}],
            "spans": [
                {"start": 0, "end": 3, "token_start": 0, "token_end": 0, "label": "PER"},
                {"start": 7, "end": 11, "label": "LOC"},
            ],
            "answer": "accept",
            "_input_hash": -1,
        },
        # doccano
        {"id": 1, "label": [[0, 3, "PER"], [7, 11, "LOC"]], "Comments": []},
        {"id": 1, "labels": [[0, 3, "PER"], [7, 11, "LOC"]]},
        {
            "entities": [
                {"id": 1, "label": "PER", "start_offset": 0, "end_offset": 3},
                {"id": 2, "label": "LOC", "start_offset": 7, "end_offset": 11},
            ],
            "relations": [],
        },
        # Label Studio, JSON-MIN
        {
            "id": 1,
            "label": [
                {"start": 0, "end": 3, "text": "Ada", "labels": ["PER"]},
                {"start": 7, "end": 11, "text": "Oslo", "labels": ["LOC"]},
            ],
            "annotator": 1,
        },
    ],
)
def test_spans_of_annotation_tools_are_read(path: Path, value: dict[str, Any]) -> None:
    record = {"text": ADA.text, **value}
    path.write_text(json.dumps(record))
    assert list(read_jsonl(path)) == [ADA]
    path.write_text(json.dumps([record, record], indent=2))
    assert list(read_jsonl(path)) == [ADA, ADA]
    assert [text.origin.line for text in read_jsonl(path)] == [2, 2 + (path.read_text().count("\n") - 1) // 2]


def span_of_label_studio(start: int, end: int, label: str) -> dict[str, Any]:
    value = {"start": start, "end": end, "text": ADA.text[start:end], "labels": [label]}
    return {"value": value, "id": "x", "from_name": "label", "to_name": "text", "type": "labels"}


def test_tasks_of_label_studio_are_read(tmp_path: Path) -> None:
    result = [
        span_of_label_studio(0, 3, "PER"),
        span_of_label_studio(7, 11, "LOC"),
        {"type": "relation", "from_id": "x", "to_id": "x"},
    ]
    task = {
        "id": 1,
        "annotations": [{"was_cancelled": True, "result": []}, {"was_cancelled": False, "result": result}],
        "data": {"text": ADA.text},
        "predictions": [],
    }
    path = tmp_path / "project-1.json"
    path.write_text(json.dumps([task]))
    assert list(TAGGED.read(path)) == [ADA]
    path.write_text(json.dumps([{**task, "annotations": []}, task]))
    problems = Problems()
    assert list(TAGGED.read(path, on_error=problems)) == [ADA]
    assert [str(error) for error in problems.first] == [f"{path}:1: the task has no annotation"]
    choice = {"value": {"choices": ["positive"]}, "type": "choices"}
    path.write_text(json.dumps([{**task, "annotations": [{"result": [choice]}]}]))
    assert list(LABELLED.read(path)) == [LabelledText(ADA.text, ("positive",))]


def test_rejected_records_of_prodigy_are_left_out(path: Path) -> None:
    lines = (
        json.dumps({"text": word, "spans": [], "answer": word}) for word in ("reject", "ignore", "accept")
    )
    path.write_text("\n".join(lines))
    assert [text.text for text in read_jsonl(path)] == ["accept"]


@pytest.mark.parametrize("words", ["tokens", "words"])
@pytest.mark.parametrize("tags", ["ner_tags", "tags", "labels"])
def test_words_and_tags_of_datasets_are_read(path: Path, words: str, tags: str) -> None:
    ada = TaggedSentence(("Ada", "New York"), ("B-PER", "O"))
    path.write_text(json.dumps({"id": "0", words: ada.words, tags: ada.tags}))
    assert list(read_jsonl(path)) == [ada]
    path.write_text(json.dumps([{words: ada.words, tags: [1, 0]}]))
    assert list(TAGGED.read(path, TaggedOptions(tag_names="O, B-PER,I-PER"))) == [ada]


def test_the_key_of_tags_can_be_chosen(path: Path) -> None:
    path.write_text('{"tokens": ["Ada"], "ner_tags": ["B-PER"], "pos_tags": ["NNP"], "upos": ["PROPN"]}')
    found = [next(TAGGED.read(path, TaggedOptions(tag_field=key))).tags for key in ("pos_tags", "upos")]
    assert found == [("NNP",), ("PROPN",)]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (
            {"tokens": ["a"], "ner_tags": [0]},
            "the tags are numbers; --tag-names names them, such as O,B-PER,I-PER",
        ),
        ({"tokens": ["a"], "ner_tags": []}, "1 words, but 0 tags"),
        ({"tokens": ["a"], "ner_tags": "O"}, "1 words, but no list of tags"),
        ({"tokens": ["a"], "ner_tags": [None]}, "a tag is not a string or a number: null"),
        ({"tokens": ["a"], "ner_tags": [True]}, "a tag is not a string or a number: true"),
        ({"tokens": ["a"], "ner_tags": [""]}, 'a tag is not a string or a number: ""'),
        ({"tokens": ["a"], "ner_tags": ["\ud800"]}, r"the tag contains a lone surrogate, '\ud800'"),
        ({"tokens": ["\ud800"], "ner_tags": ["O"]}, r"the word contains a lone surrogate, '\ud800'"),
        ({"tokens": [], "ner_tags": []}, "the words are not a list of strings with at least one character"),
        (
            {"tokens": [""], "ner_tags": ["O"]},
            "the words are not a list of strings with at least one character",
        ),
        ({"tokens": ["a"]}, "a key of tags is missing: tags, ner_tags, labels, entities"),
    ],
)
def test_invalid_words_or_tags_raise(path: Path, value: dict[str, Any], message: str) -> None:
    path.write_text(f"\n{json.dumps(value)}")
    with pytest.raises(DataError) as caught:
        list(read_jsonl(path))
    assert str(caught.value) == f"{path}:2: {message}"


def test_a_number_without_a_name_raises(path: Path) -> None:
    path.write_text('{"tokens": ["a"], "tags": [2]}')
    with pytest.raises(DataError, match="there is no name for the tag 2; --tag-names has 2"):
        list(read_jsonl(path, tag_names=("O", "B-X")))


KEYS = ["text", "entities", "start", "end", "label", "labels", "spans", "tokens", "ner_tags", "answer"]
KEYS += ["data", "annotations", "result", "value"]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
)
OFFSETS = st.integers(-2, 8)
ENTITIES = st.tuples(OFFSETS, OFFSETS, st.text(max_size=2) | VALUES)
OBJECTS = st.fixed_dictionaries({"text": st.text(max_size=8), "entities": st.lists(ENTITIES, max_size=4)})
FILES = st.lists((OBJECTS | VALUES).map(json.dumps)).map("\n".join).map(str.encode)
ARRAYS = st.lists(OBJECTS | VALUES).map(json.dumps).map(str.encode)


@given(content=FILES | ARRAYS | st.binary())
def test_any_bytes_give_texts_or_data_errors(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.jsonl"
    path.write_bytes(content)
    problems = Problems()
    with suppress(DataError):
        for text in read_jsonl(path, on_error=problems):
            if isinstance(text, TaggedSentence):
                assert len(text.words) == len(text.tags) > 0
                continue
            edges = [edge for span in text.spans for edge in (span.start, span.end)]
            assert edges == sorted(edges)
            assert all(0 <= span.start < span.end <= len(text.text) and span.label for span in text.spans)
            text.text.encode()
    assert not any("\n" in str(error) for error in problems.first)
