"""Documents: text files, folders and JSON lines."""

import gzip
import json
import os
import tracemalloc
from functools import partial
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqnlp.corpora import DOCUMENTS, DocumentOptions, Problems, check_file, read_passages
from seqnlp.corpora.checks.documents import DocumentSummary
from seqnlp.corpora.formats import documents
from seqnlp.corpora.formats.documents import join_passages
from seqnlp.corpora.formats.lines import read_text
from seqnlp.errors import ConfigError, DataError
from seqnlp.records import Document
from seqnlp.text.passages import cut_passages

STORY = "One.\n  Two,\n\n\nThree.\n \t\nFour.\n"
UNITS = {
    "file": [(1, STORY)],
    "line": [(1, "One."), (2, "  Two,"), (5, "Three."), (7, "Four.")],
    "paragraph": [(1, "One.\n  Two,"), (5, "Three."), (7, "Four.")],
}
LINE = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n\ufeff")).filter(str.strip)


def texts(path: Path | str, format_name: str | None = None, **options) -> list[str]:
    return [each.text for each in DOCUMENTS.read(path, DocumentOptions(format=format_name, **options))]


@pytest.mark.parametrize(("unit", "expected"), UNITS.items())
@pytest.mark.parametrize("name", ["a.txt", "a.TEXT", "a.md", "a.txt.gz", "wiki.train.tokens"])
def test_a_text_file_is_read(tmp_path: Path, name: str, unit, expected: list[tuple[int, str]]) -> None:
    content = STORY.replace("\n", "\r\n").encode("utf-8-sig")
    (tmp_path / name).write_bytes(gzip.compress(content) if name.endswith("gz") else content)
    found = list(DOCUMENTS.read(tmp_path / name, DocumentOptions(document=unit)))
    assert [(each.origin.line, each.text) for each in found if each.origin] == expected
    assert {each.origin.path for each in found if each.origin} == {str(tmp_path / name)}
    assert found == [Document(text) for _, text in expected]


def test_a_whole_file_is_one_document_by_default(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(STORY)
    assert texts(tmp_path / "a.txt") == [STORY]


@pytest.mark.parametrize("name", ["a.jsonl", "a.ndjson.gz", "a.json"])
def test_json_is_read(tmp_path: Path, name: str) -> None:
    values = [{"text": STORY, "id": 1}, {"text": " x"}]
    content = json.dumps(values) if name == "a.json" else "\n\n".join(map(json.dumps, values))
    (tmp_path / name).write_bytes(
        gzip.compress(content.encode()) if name.endswith("gz") else content.encode()
    )
    assert texts(tmp_path / name) == [STORY, " x"]
    assert texts(tmp_path / name, document="line") == [STORY, " x"]


def test_the_key_of_the_text_can_be_chosen(tmp_path: Path) -> None:
    (tmp_path / "a").write_text('{"text": 1, "review": "fine"}\n')
    assert texts(tmp_path / "a", "jsonl", text_column="review") == ["fine"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "books"
    for name, content in {
        "b/2.txt": "b2\n\nb2",
        "b/10.TXT": "b10",
        "a/deep/er/x.md": "axe",
        "a/1": "a1",
        "z.text": "z",
        "a/2.txt.gz": "a2",
        "a/cover.png": "\x89PNG",
        "a/table.csv": "a,b",
        "a/.hidden.txt": "hidden",
        ".git/config": "hidden",
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(content.encode()) if name.endswith("gz") else content.encode())
    return folder


def test_a_folder_is_read(folder: Path) -> None:
    assert DOCUMENTS.format_of(folder) == "folder"
    assert texts(folder) == ["z", "a1", "a2", "axe", "b10", "b2\n\nb2"]
    assert texts(folder, document="paragraph") == ["z", "a1", "a2", "axe", "b10", "b2", "b2"]
    last = list(DOCUMENTS.read(folder, DocumentOptions(document="line")))[-1]
    assert last.origin is not None
    assert (last.origin.path, last.origin.line) == (str(folder / "b/2.txt"), 3)


@pytest.mark.parametrize("unit", ["file", "line"])
def test_invalid_files_of_a_folder_can_be_skipped(folder: Path, unit) -> None:
    (folder / "a/1").write_bytes(b"\n \n")
    (folder / "b/10.TXT").write_bytes(b"ten\n\xff")
    (folder / "a/2.txt.gz").write_bytes(gzip.compress(b"two")[:-5])
    problems = Problems()
    found = list(DOCUMENTS.read(folder, DocumentOptions(document=unit), problems))
    assert [each.text.strip() for each in found][:2] == ["z", "axe"]
    assert [str(error).split(":", 1)[0] for error in problems.first] == [
        str(folder / name) for name in ("a/1", "a/2.txt.gz", "b/10.TXT")
    ]
    assert [error.line for error in problems.first] == [None, None, 2]
    with pytest.raises(DataError, match=r"a/1: contains no text$"):
        texts(folder, document=unit)


def test_a_folder_without_text_raises(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"contains no text$"):
        texts(tmp_path)
    with pytest.raises(DataError, match=r"missing: No such file or directory$"):
        texts(tmp_path / "missing", "folder")
    (tmp_path / "a.txt").write_text("x")
    with pytest.raises(DataError, match=r"a.txt: Not a directory$"):
        texts(tmp_path / "a.txt", "folder")


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize(
    ("name", "content", "line", "message"),
    [
        ("a.txt", b"", None, "contains no text"),
        ("a.txt", b" \n\n\t\r\n\xc2\xa0", None, "contains no text"),
        ("a.txt", b"\n\none\nna\xefve\n\xff", 4, "not UTF-8: byte 0xEF after 'na'"),
        ("a.jsonl", b"\n", None, "contains no text"),
        ("a.jsonl", b'{"text": "a"}\n{"text": " "}\n', 2, "the text is blank"),
        ("a.jsonl", b'{"text": "a"}\n{"body": "a"}\n', 2, "the key 'text' is missing"),
        ("a.jsonl", b'{"text": ["a"]}\n', 1, "'text' is not a string"),
        ("a.jsonl", b'{"text": "\\ud800"}\n', 1, "the text contains a lone surrogate"),
        ("a.jsonl", b'"a"\n', 1, "not a JSON object"),
        ("a.jsonl", b'{"text": "\xff"}\n', 1, "not UTF-8: byte 0xFF"),
    ],
)
def test_an_invalid_file_raises(tmp_path: Path, unit, name: str, content, line, message: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=message) as caught:
        texts(tmp_path / name, document=unit)
    assert (caught.value.path, caught.value.line) == (tmp_path / name, line)
    assert "\n" not in str(caught.value)


def test_invalid_documents_can_be_skipped(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"one\n\ntwo\n\xff\nthree\n\nfour\n")
    for unit, expected, line in (
        ("line", ["one", "two", "three", "four"], 4),
        ("paragraph", ["one", "four"], 4),
    ):
        problems = Problems()
        read = DOCUMENTS.read(tmp_path / "a.txt", DocumentOptions(document=unit), problems)
        assert [each.text for each in read] == expected
        assert [error.line for error in problems.first] == [line]
    with pytest.raises(DataError, match="not UTF-8"):
        list(DOCUMENTS.read(tmp_path / "a.txt", on_error=Problems()))


def test_formats_are_selected_and_checked(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        DOCUMENTS.read("a.csv")
    assert str(caught.value) == (
        "a.csv: the file ending selects no format; choose one: "
        "text, folder (text files in a folder and its subfolders), jsonl, abc"
    )
    (tmp_path / "main.c").write_text("int main;")
    assert texts(tmp_path / "main.c", "text") == ["int main;"]


@pytest.mark.parametrize("unit", ["line", "paragraph"])
def test_a_large_file_is_read_in_constant_memory(tmp_path: Path, unit) -> None:
    path = tmp_path / "a.txt"
    path.write_text("All work and no play.\n\n" * 200_000)
    tracemalloc.start()
    try:
        assert sum(1 for _ in DOCUMENTS.read(path, DocumentOptions(document=unit))) == 200_000
        assert tracemalloc.get_traced_memory()[1] < 1_000_000 < os.path.getsize(path)
    finally:
        tracemalloc.stop()


def test_a_long_line_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("0123456789" * 500_000)
    assert [len(text) for text in texts(path, document="line")] == [5_000_000]
    path.write_bytes(path.read_bytes() + b"\xff")
    with pytest.raises(DataError, match="not UTF-8") as caught:
        texts(path, document="paragraph")
    assert len(str(caught.value)) < 300


def test_documents_are_summarised(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("abba\n\nabc\n" + "ä" * 500)
    report, problems = check_file(tmp_path / "a.txt", DOCUMENTS, DocumentOptions(document="line"))
    assert (report.figures, problems.count) == (
        {
            "file": str(tmp_path / "a.txt"),
            "kind": "documents",
            "format": "text",
            "documents": 3,
            "characters": 507,
            "distinct_characters": 4,
            "lengths": {"mean": 169.0, "median": 4, "p95": 500, "longest": 500},
            "warnings": [],
            "problems": 0,
            "first_problems": [],
        },
        0,
    )
    assert DocumentSummary().count([Document("  Once\nupon\n\na time" + "x" * 1000)]).examples == [
        "Once upon a time" + "x" * 184
    ]


@given(st.lists(LINE, min_size=1))
def test_written_documents_are_read_back(tmp_path_factory, lines: list[str]) -> None:
    folder = tmp_path_factory.mktemp("documents")
    path = folder / "a.txt"
    path.write_text("\n\n".join(lines), encoding="utf-8", newline="\n")
    assert texts(path) == ["\n\n".join(lines)]
    assert texts(path, document="paragraph") == texts(path, document="line") == lines
    path.write_text("\r\n".join(lines), encoding="utf-8", newline="")
    assert texts(path, document="line") == lines
    assert texts(path, document="paragraph") == texts(path) == ["\n".join(lines)]
    with (folder / "a.jsonl").open("w", encoding="utf-8") as file:
        file.writelines(f"{json.dumps({'text': line}, ensure_ascii=False)}\n" for line in lines)
    assert texts(folder / "a.jsonl") == lines


@given(
    content=st.text(st.sampled_from("ab\r\n\ufeffé")),
    size=st.integers(1, 5),
)
def test_a_text_is_read_in_pieces_of_any_size(tmp_path_factory, content: str, size: int) -> None:
    """The reference reads the whole file."""
    path = tmp_path_factory.mktemp("pieces") / "a.txt"
    path.write_bytes(content.encode())
    text = content.removeprefix("\ufeff").replace("\n\ufeff", "\n").replace("\r\n", "\n")
    assert "".join(read_text(path, size)) == text


@given(
    content=st.lists(st.sampled_from([b"ab", b"\n", b"\r\n", b" ", b"\xef\xbb\xbf", b"\xc3\xa9", b"\xc3"])),
    unit=st.sampled_from(sorted(UNITS)),
    size=st.integers(1, 9),
    folder=st.booleans(),
)
def test_passages_together_are_the_documents(tmp_path_factory, content, unit, size, folder) -> None:
    """The reference reads a file as one passage. An invalid document has no passage."""
    path = tmp_path_factory.mktemp("passages") / "a.txt"
    path.write_bytes(b"".join(content))
    source, options = path.parent if folder else path, DocumentOptions(document=unit)
    results = []
    for cut in (cut_passages, partial(cut_passages, size=size)):
        problems = Problems()
        with patch.object(documents, "cut_passages", cut):
            try:
                found = list(read_passages(source, options, problems))
            except DataError as error:
                results.append(str(error))
                continue
        whole = list(join_passages(found))
        results.append([(each.text, each.origin) for each in whole] + [str(each) for each in problems.first])
        lines = "".join(read_text(path)).split("\n")
        for each in found:
            assert each.origin is not None
            beginning = each.text.split("\n")[0]
            assert unit == "paragraph" or beginning in lines[each.origin.line - 1]
    assert str(results[0]).split(" after ")[0] == str(results[1]).split(" after ")[0]


def test_a_long_file_is_read_in_constant_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("All work and no play.\n" * 200_000)
    tracemalloc.start()
    try:
        assert sum(len(each.text) for each in read_passages(path)) == os.path.getsize(path)
        assert tracemalloc.get_traced_memory()[1] < 2_000_000 < os.path.getsize(path)
    finally:
        tracemalloc.stop()


PIECES = [b"a", b"\n", b"\r", b" ", b"\xc3", b"\xa4", b"\0", b"\xef\xbb\xbf", b'{"text": "a"}\n', b"\x1f\x8b"]


@given(
    content=st.one_of(st.binary(), st.lists(st.sampled_from(PIECES)).map(b"".join)),
    unit=st.sampled_from(sorted(UNITS)),
    format_name=st.sampled_from(sorted(DOCUMENTS.formats)),
)
def test_any_bytes_give_documents_or_data_errors(tmp_path_factory, content, unit, format_name) -> None:
    path = tmp_path_factory.mktemp("any") / "a.txt"
    path.write_bytes(content)
    try:
        found = texts(path.parent if format_name == "folder" else path, format_name, document=unit)
    except DataError:
        return
    assert found
    assert all(text.strip() for text in found)
    assert json.dumps(found, ensure_ascii=False).encode()


TUNES = """% Some tunes
M:4/4

X:1
T:One
K:C
CDEF|
X:2
K:D
DEFG|
A|

M:6/8
K:G
GAB|
"""


def test_tunes_are_documents_in_plain_form(folder: Path) -> None:
    path = folder / "tunes.abc"
    path.write_text(TUNES, encoding="utf-8")
    expected = [
        (4, "M:none\nK:C\nCDEF|"),
        (8, "M:none\nK:D\nDEFG|\nA|"),
        (13, "M:6/8\nK:G\nGAB|"),
    ]
    found = list(DOCUMENTS.read(path))
    assert [(each.origin.line, each.text) for each in found if each.origin] == expected
    assert texts(path, "text") == [TUNES]
    assert [each.text for each in DOCUMENTS.read(folder)][:3] == [text for _, text in expected]


def test_invalid_tunes_are_reported_or_skipped(tmp_path: Path) -> None:
    path = tmp_path / "tunes.abc.gz"
    content = b"X:1\nT:\xff\nK:C\nC|\n\nX:2\nC|\n\nlost bars|\n\nX:3\nK:D\n\nX:4\nK:C\nC\xff\n"
    path.write_bytes(gzip.compress(content))
    with pytest.raises(DataError, match=r"gz:6: the tune has no key"):
        texts(path)
    problems = Problems()
    assert [each.text for each in DOCUMENTS.read(path, on_error=problems)] == ["M:none\nK:C\nC|"]
    assert [error.line for error in problems.first] == [6, 9, 11, 16]
    path.write_text("% nothing\n")
    with pytest.raises(DataError, match="contains no text"):
        texts(path)
