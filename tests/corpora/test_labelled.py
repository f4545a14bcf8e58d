"""Labelled texts: tables, JSON lines, folders and trees."""

import csv
import gzip
import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqnlp.corpora import LABELLED, LabelledOptions, Problems
from seqnlp.errors import ConfigError, DataError

ROWS = [("A fine film.", "positive"), ('Dull, "empty"\nand long', "negative"), ("", "negative")]


def pairs(path: Path, format_name: str | None = None, **options) -> list[tuple[str, str]]:
    return [
        (each.text, each.label)
        for each in LABELLED.read(path, LabelledOptions(format=format_name, **options))
    ]


@pytest.mark.parametrize(("name", "delimiter"), [("a.csv", ","), ("a.tsv", "\t"), ("a.csv.gz", ",")])
def test_a_table_is_read(tmp_path: Path, name: str, delimiter: str) -> None:
    table = io.StringIO(newline="")
    csv.writer(table, delimiter=delimiter).writerows([("id", "label", "text")])
    csv.writer(table, delimiter=delimiter).writerows((i, label, text) for i, (text, label) in enumerate(ROWS))
    content = table.getvalue().encode()
    (tmp_path / name).write_bytes(gzip.compress(content) if name.endswith("gz") else content)
    options = LabelledOptions(quoting="double")
    assert pairs(tmp_path / name, quoting="double") == ROWS
    origins = [each.origin.line for each in LABELLED.read(tmp_path / name, options)]
    assert origins == [2, 3, 5]


def test_a_table_with_columns_by_number_has_no_header(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("1,good\n0,bad\n", encoding="utf-8")
    assert pairs(tmp_path / "a.csv", text_column="-1", label_column="0") == [("good", "1"), ("bad", "0")]


def test_the_delimiter_can_be_chosen(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text;label\ngood;1\n", encoding="utf-8")
    assert pairs(tmp_path / "a.csv", delimiter=";") == [("good", "1")]
    with pytest.raises(ConfigError, match="one character"):
        LabelledOptions(delimiter=";;")


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        (b"text,class\ngood,1\n", 1, "no column 'label'; the first row has 'text', 'class'"),
        (b'text,label\ngood,1\n"bad,0\n', 3, "unclosed quote"),
        (b"text,label\ngood,1\nbad\n", 3, "1 column, but line 1 has 2"),
        (b"text,label\ngood,\n", 2, "the label is empty"),
        (b"text,label\ncaf\xe9,1\n", 2, "not UTF-8: byte 0xE9"),
        (b"text,label\n", None, "contains no row"),
        (b"", 1, "no column 'text'"),
    ],
)
def test_an_invalid_table_raises(tmp_path: Path, content: bytes, line: int | None, message: str) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    with pytest.raises(DataError, match=message) as caught:
        pairs(tmp_path / "a.csv")
    assert caught.value.line == line


def test_invalid_rows_can_be_skipped(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text,label\ngood,1\nbad\nugly,0\n", encoding="utf-8")
    problems = Problems()
    assert [each.label for each in LABELLED.read(tmp_path / "a.csv", on_error=problems)] == ["1", "0"]
    assert problems.count == 1


def test_rows_with_any_problem_can_be_skipped(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(
        b'text,label\ncaf\xe9,1\n"fine" film,0\n"two\nlines",1\nmute\n\n,1\ndull, \nlast,0\n"open,1\nend,1\n'
    )
    problems = Problems()
    found = [
        (each.text, each.label, each.origin.line)
        for each in LABELLED.read(tmp_path / "a.csv", on_error=problems)
    ]
    assert found == [("two\nlines", "1", 4), ("", "1", 8), ("last", "0", 10), ("end", "1", 12)]
    assert [error.line for error in problems.first] == [2, 3, 6, 9, 11]


@given(
    rows=st.lists(
        st.tuples(
            st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\0\ufeff")),
            st.sampled_from(["a", "b c", "ü"]),
        ),
        min_size=1,
    )
)
def test_written_tables_are_read_back(tmp_path_factory, rows) -> None:
    path = tmp_path_factory.mktemp("table") / "a.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("text", "label"), *rows])
    assert pairs(path) == rows


def test_json_lines_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(
        '{"text": "good", "label": "pos"}\n\n'
        '{"text": "", "label": 0, "id": 7}\n'
        '{"text": "x", "label": true}\n'
        '{"text": "y", "label": ["pos"]}\n'
        '{"text": "z", "label": 1.0}\n{"text": "z", "label": 1}\n{"text": "z", "label": 1.5}\n',
        encoding="utf-8",
    )
    found = [("good", "pos"), ("", "0"), ("x", "true"), ("y", "pos"), ("z", "1"), ("z", "1"), ("z", "1.5")]
    assert pairs(tmp_path / "a.jsonl") == found
    values = [{"text": text, "label": label} for text, label in found]
    (tmp_path / "a.json").write_text(json.dumps(values, indent=1), encoding="utf-8")
    assert pairs(tmp_path / "a.json") == found
    (tmp_path / "b.jsonl").write_text('{"review": "good", "stars": 5}\n', encoding="utf-8")
    assert pairs(tmp_path / "b.jsonl", text_column="review", label_column="stars") == [("good", "5")]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"text": "good"}', "the key 'label' is missing"),
        ('{"text": 5, "label": "a"}', "'text' is not a string"),
        ('{"text": "a", "label": ["a", "b"]}', "a list of 2 labels; --label-separator reads"),
        ('{"text": "a", "label": []}', "a list of 0 labels; --label-separator reads"),
        ('{"text": "a", "label": {"b": 1}}', "'label' is not a string, a number or a list"),
        ('{"text": "a", "label": NaN}', "the label is not a finite number"),
        ('{"text": "a", "label": -Infinity}', "the label is not a finite number"),
        ('{"text": "a", "label": " "}', "the label is empty"),
        ("[1]", "not a JSON object"),
        ("{", "invalid JSON"),
    ],
)
def test_an_invalid_json_line_raises(tmp_path: Path, line: str, message: str) -> None:
    (tmp_path / "a.jsonl").write_text(f"{line}\n", encoding="utf-8")
    with pytest.raises(DataError, match=message):
        pairs(tmp_path / "a.jsonl")


SEVERAL = [("x", ("art", "food")), ("y", ()), ("z", ("news",))]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", "text,label\nx,art | food|art\ny,\nz,news\n"),
        (
            "a.jsonl",
            '{"text": "x", "label": ["art", "food", "art"]}\n{"text": "y", "label": []}\n'
            '{"text": "z", "label": "news"}\n',
        ),
        (
            "a.jsonl",
            '{"text": "x", "label": "art|food"}\n{"text": "y", "label": ""}\n{"text": "z", "label": "news"}',
        ),
    ],
)
def test_texts_with_several_labels_are_read(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    options = LabelledOptions(label_separator="|")
    assert [(each.text, each.labels) for each in LABELLED.read(tmp_path / name, options)] == SEVERAL


@pytest.mark.parametrize("label", ['["a", " "]', '["a", null]', "null", '{"a": 1}'])
def test_an_invalid_list_of_labels_raises(tmp_path: Path, label: str) -> None:
    (tmp_path / "a.jsonl").write_text(f'{{"text": "x", "label": {label}}}\n', encoding="utf-8")
    with pytest.raises(DataError, match="label") as caught:
        list(LABELLED.read(tmp_path / "a.jsonl", LabelledOptions(label_separator="|")))
    assert caught.value.line == 1


def test_a_folder_is_read(tmp_path: Path) -> None:
    for name, text in (
        ("pos/2.txt", "later"),
        ("pos/1.txt", "good\nfilm"),
        ("neg/1.txt", "bad"),
        ("neg/.x", ""),
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "README").write_text("not a text", encoding="utf-8")
    assert pairs(tmp_path) == [("bad", "neg"), ("good\nfilm", "pos"), ("later", "pos")]
    (tmp_path / "neg" / "2.txt").write_bytes(b"fine\nna\xefve")
    with pytest.raises(DataError, match=r"2\.txt:2: not UTF-8: byte 0xEF"):
        pairs(tmp_path)
    problems = Problems()
    assert len(list(LABELLED.read(tmp_path, on_error=problems))) == 3
    for file in tmp_path.glob("*/[12].txt"):
        file.write_bytes(b"\xff")
    with pytest.raises(DataError, match=r"neg/1\.txt:1: not UTF-8"):
        list(LABELLED.read(tmp_path, on_error=problems))
    with pytest.raises(DataError, match="no subfolder with texts"):
        pairs(tmp_path / "pos", "folder")
    with pytest.raises(DataError, match="No such file"):
        pairs(tmp_path / "none", "folder")


TREES = "(3 (2 The) (4 (3 best) (2 (2 -LRB-) (2 film))))\n\n(2 (2 ok) (2 ok))\n"


def test_trees_are_read_as_texts(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TREES, encoding="utf-8")
    assert pairs(tmp_path / "a.txt") == [("The best ( film", "3"), ("ok ok", "2")]
    assert pairs(tmp_path / "a.txt", phrases=True) == [
        ("The best ( film", "3"),
        ("The", "2"),
        ("best ( film", "4"),
        ("best", "3"),
        ("( film", "2"),
        ("(", "2"),
        ("film", "2"),
        ("ok ok", "2"),
        ("ok", "2"),
    ]
    assert pairs(tmp_path / "a.txt", phrases=True, binary=True) == [
        ("The best ( film", "positive"),
        ("best ( film", "positive"),
        ("best", "positive"),
    ]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("(3 (2 a)", "unclosed bracket"),
        ("(3 a))", "extra closing bracket"),
        ("(3 a) b", "outside all brackets"),
        ("a", "outside all brackets"),
        ("(3 a) (2 b)", "more than one tree"),
        ("(3 ((2 a)))", "a bracket without a label"),
        ("(", "unclosed bracket"),
        ("(3)", "covers no word"),
    ],
)
def test_an_invalid_tree_raises(tmp_path: Path, line: str, message: str) -> None:
    (tmp_path / "a.txt").write_text(f"(1 fine)\n{line}\n", encoding="utf-8")
    with pytest.raises(DataError, match=message) as caught:
        pairs(tmp_path / "a.txt")
    assert caught.value.line == 2


@given(st.text("()0123 ab", max_size=40))
def test_any_line_is_a_tree_or_an_error(tmp_path_factory, line: str) -> None:
    path = tmp_path_factory.mktemp("trees") / "a.txt"
    path.write_text(line, encoding="utf-8")
    try:
        found = pairs(path, phrases=True)
    except DataError:
        return
    assert all(text and label for text, label in found)


def test_an_unknown_format_raises(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="selects no format; choose one: csv, tsv, jsonl, trees, folder"):
        pairs(tmp_path / "a.xlsx")
    with pytest.raises(ConfigError, match="did you mean 'csv'"):
        pairs(tmp_path / "a.xlsx", "cvs")


@pytest.mark.parametrize(
    ("split", "trees", "polar"), [("train", 8_544, 6_920), ("dev", 1_101, 872), ("test", 2_210, 1_821)]
)
def test_the_stanford_sentiment_treebank_has_its_published_size(
    data: Path, split: str, trees: int, polar: int
) -> None:
    path = data / "sst_trees" / f"{split}.txt"
    assert len(pairs(path)) == trees
    assert len(pairs(path, binary=True)) == polar
