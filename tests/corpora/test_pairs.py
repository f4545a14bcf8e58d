"""Pairs: two aligned files, tables and JSON lines."""

import csv
import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqnlp.corpora import PAIRS, PairOptions, Problems
from seqnlp.errors import ConfigError, DataError

ROWS = [
    ("A dog.", "Ein Hund."),
    ('Say "no",\nthen go.', "Sag „nein“,\tdann geh."),
    ("", "nichts"),
    ("end", ""),
]
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\0\ufeff"))


def pairs(path: Path, format_name: str | None = None, **options) -> list[tuple[str, str]]:
    return [
        (each.source, each.target) for each in PAIRS.read(path, PairOptions(format=format_name, **options))
    ]


def write_table(path: Path, rows, delimiter: str = ",") -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)


@pytest.mark.parametrize(("name", "delimiter"), [("a.csv", ","), ("a.tsv", "\t"), ("a.tab", "\t")])
def test_a_table_is_read(tmp_path: Path, name: str, delimiter: str) -> None:
    path = tmp_path / name
    write_table(path, [("id", "target", "source"), *((0, there, here) for here, there in ROWS)], delimiter)
    zipped = path.with_name(f"{name}.gz")
    zipped.write_bytes(gzip.compress(path.read_bytes()))
    assert pairs(path, quoting="double") == pairs(zipped, quoting="double") == ROWS
    read = PAIRS.read(path, PairOptions(quoting="double"))
    assert [(each.origin.path, each.origin.line) for each in read] == [
        (str(path), line) for line in (2, 3, 5, 6)
    ]


def test_columns_are_selected_by_name_or_number(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("en;de\na dog;ein Hund\n", encoding="utf-8")
    named = pairs(tmp_path / "a.csv", delimiter=";", source_column="de", target_column="en")
    assert named == [("ein Hund", "a dog")]
    numbered = pairs(tmp_path / "a.csv", delimiter=";", source_column="0", target_column="-1")
    assert numbered == [("en", "de"), ("a dog", "ein Hund")]


def test_json_lines_are_read(tmp_path: Path) -> None:
    lines = [json.dumps({"source": here, "target": there, "id": 1}) for here, there in ROWS]
    (tmp_path / "a.jsonl").write_text("\n\n".join(lines), encoding="utf-8")
    assert pairs(tmp_path / "a.jsonl") == ROWS
    (tmp_path / "a.txt").write_text('{"en": "a dog", "de": "ein Hund"}\n', encoding="utf-8")
    named = pairs(tmp_path / "a.txt", "jsonl", source_column="en", target_column="de")
    assert named == [("a dog", "ein Hund")]


@pytest.mark.parametrize("pair", ["en-de", "en-zh_TW"])
@pytest.mark.parametrize("zipped", [(), (0,), (1,), (0, 1)])
def test_two_aligned_files_are_read(tmp_path: Path, pair: str, zipped: tuple[int, ...]) -> None:
    for number, (ending, text) in enumerate(zip(pair.split("-"), ("a\n\nc\n", "x\ny\n\n"), strict=True)):
        name = f"train.1.{ending}" + ".gz" * (number in zipped)
        (tmp_path / name).write_bytes(gzip.compress(text.encode()) if number in zipped else text.encode())
    assert pairs(tmp_path / "train.1", pair=pair) == [("a", "x"), ("", "y"), ("c", "")]
    assert set(PAIRS.files(tmp_path / "train.1", PairOptions(pair=pair))) == set(tmp_path.iterdir())
    assert pairs(tmp_path / "train.1", "aligned", pair="-".join(reversed(pair.split("-"))))[0] == ("x", "a")


def test_a_missing_aligned_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "train.en").write_text("a\n", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        pairs(tmp_path / "train", pair="en-de")
    assert str(caught.value) == f"{tmp_path}/train.de: no such file, nor {tmp_path}/train.de.gz"


@pytest.mark.parametrize("pair", ["", "en", "en-", "-de", "en-de-fr", "en_de", "en-en"])
def test_an_invalid_pair_of_endings_raises(pair: str) -> None:
    with pytest.raises(
        ConfigError, match=f"two different endings joined by a hyphen, such as en-de, not {pair!r}"
    ):
        PairOptions(pair=pair)


def test_formats_are_selected_and_checked(tmp_path: Path) -> None:
    assert PAIRS.format_of("x/train", PairOptions(pair="en-de")) == "aligned"
    assert {name for name in PAIRS.formats if name != "aligned"} == {
        PAIRS.format_of(f"train.{name}.gz") for name in PAIRS.formats if name != "aligned"
    }
    assert PAIRS.files("x/train.csv") == (Path("x/train.csv"),)
    with pytest.raises(ConfigError) as caught:
        PAIRS.read("train")
    assert str(caught.value) == (
        "train: the file ending selects no format; choose one: "
        "aligned (two files, by a pair of endings such as en-de), csv, tsv, jsonl"
    )
    with pytest.raises(ConfigError, match="did you mean 'aligned'"):
        PAIRS.read("train", PairOptions(format="alined"))
    with pytest.raises(ConfigError, match="need a pair of endings"):
        PAIRS.read("train", PairOptions(format="aligned"))
    with pytest.raises(ConfigError, match="the pair en-de selects two aligned files, but the format is csv"):
        PairOptions(format="csv", pair="en-de")
    with pytest.raises(ConfigError, match="one character"):
        PairOptions(delimiter="::")


@pytest.mark.parametrize(
    ("name", "content", "line", "message"),
    [
        ("a.csv", b"source,de\na,b\n", 1, "no column 'target'; the first row has 'source', 'de'"),
        ("a.csv", b'source,target\na,b\n"c,d\n', 3, "unclosed quote"),
        ("a.tsv", b"source\ttarget\na\n", 2, "1 column, but line 1 has 2"),
        ("a.tsv", b"source\ttarget\na\tna\xefve\n", 2, "not UTF-8: byte 0xEF"),
        ("a.csv", b"source,target\n", None, "contains no row"),
        ("a.jsonl", b'{"source": "a", "target": "b"}\n{"source": "a"}\n', 2, "the key 'target' is missing"),
        ("a.jsonl", b'{"source": 1, "target": "b"}\n', 1, "'source' is not a string"),
        ("a.jsonl", b'{"source": "a", "target": "\\ud800"}\n', 1, "the target contains a lone surrogate"),
        ("a.jsonl", b'["a", "b"]\n', 1, "not a JSON object"),
        ("a.jsonl", b'{"source": "a",\n', 1, "invalid JSON: "),
        ("a.jsonl", b'{"source": "\xff"}\n', 1, "not UTF-8: byte 0xFF"),
        ("a.jsonl", b"\n", None, "contains no text"),
    ],
)
def test_an_invalid_file_raises(
    tmp_path: Path, name: str, content: bytes, line: int | None, message: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=message) as caught:
        pairs(tmp_path / name)
    assert (caught.value.path, caught.value.line) == (tmp_path / name, line)


def test_invalid_pairs_can_be_skipped(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"source,target\na,b\nc\nd,\xff\ne,f\n")
    problems = Problems()
    assert [each.source for each in PAIRS.read(tmp_path / "a.csv", on_error=problems)] == ["a", "e"]
    assert [error.line for error in problems.first] == [3, 4]


@given(st.lists(st.tuples(TEXT, TEXT), min_size=1))
def test_written_pairs_are_read_back(tmp_path_factory, rows) -> None:
    folder = tmp_path_factory.mktemp("pairs")
    for name, delimiter in (("a.csv", ","), ("a.tsv", "\t")):
        write_table(folder / name, [("source", "target"), *rows], delimiter)
        assert pairs(folder / name, quoting="double") == rows
    lines = (json.dumps({"source": here, "target": there}, ensure_ascii=False) for here, there in rows)
    (folder / "a.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    assert pairs(folder / "a.jsonl") == rows


PIECES = [
    b"source",
    b"target",
    b'"',
    b",",
    b"\t",
    b"\n",
    b"\r",
    b"{",
    b"}",
    b": ",
    b"a",
    b"\xc3",
    b"\xa4",
    b"\0",
]


@given(
    content=st.one_of(st.binary(), st.lists(st.sampled_from(PIECES)).map(b"".join)),
    head=st.sampled_from([b"", b"source,target\n", b"source\ttarget\n", b'{"source": "a", "target": "b"}\n']),
    format_name=st.sampled_from(sorted(PAIRS.formats)),
)
def test_any_bytes_give_pairs_or_data_errors(tmp_path_factory, content, head, format_name) -> None:
    folder = tmp_path_factory.mktemp("pairs")
    for name in ("a", "a.en", "a.de"):
        (folder / name).write_bytes(head + content)
    pair = "en-de" if format_name == "aligned" else None
    try:
        found = pairs(folder / "a", format_name, pair=pair)
    except DataError:
        return
    assert found
    assert json.dumps(found, ensure_ascii=False).encode()


@given(st.text() | st.just("en-" + "d" * 300))
def test_any_pair_is_valid_or_a_config_error(pair: str) -> None:
    try:
        options = PairOptions(pair=pair)
    except ConfigError:
        return
    with pytest.raises(DataError, match="no such file"):
        list(PAIRS.read("missing", options))
