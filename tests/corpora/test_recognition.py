"""Recognition of tagged sentences, labelled texts and pairs."""

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqnlp.corpora import DOCUMENTS, LABELLED, PAIRS, TAGGED, TREES, AnyReader, load, recognize
from seqnlp.errors import ConfigError

TREE = "(3 (2 The) (4 (3 best) (2 film)))\n"
OPEN = '{"text": "Oslo", "entities": [[0, 4, "LOC"]]}\n'
PAIR = '{"source": "Oslo", "target": "Oslo"}\n'
LABEL = '{"text": "Oslo", "label": "place"}\n'


def reader_of(path: Path, format_name: str | None = None, **options: object) -> AnyReader:
    return recognize(path, [PAIRS, LABELLED, TAGGED], {"format": format_name, **options})


@pytest.mark.parametrize(
    ("name", "content", "reader"),
    [
        ("a.csv", "", LABELLED),
        ("a.conllu", "", TAGGED),
        ("a.bio", TREE, TAGGED),
        ("a.jsonl", OPEN, TAGGED),
        ("a.jsonl", LABEL, LABELLED),
        ("a.jsonl", "{\n" + LABEL, LABELLED),
        ("a.jsonl", "{\n" + OPEN, TAGGED),
        ("a.jsonl", "", TAGGED),
        ("a.tsv", "text\tlabel\nfine\t1\n", LABELLED),
        ("a.tsv", "id\tlabel\ttext\n1\t\tfine\n2\t0\tdull\n", LABELLED),
        ("a.tsv", "text\tO\nlabel\tO\n", TAGGED),
        ("a.tsv", "Oslo\tB-LOC\n\nBergen\tB-LOC\n", TAGGED),
        ("a.tsv", "source\ttarget\na dog\tein Hund\n", PAIRS),
        ("a.csv", "de,source,target\n1\n1,a,b\n", PAIRS),
        ("a.csv", "source,target\n", LABELLED),
        ("a.jsonl", "{\n" + PAIR, PAIRS),
        ("a.txt", TREE, LABELLED),
        ("a.txt", "\n(3 (2 The\n" + TREE, LABELLED),
        ("a.txt", "( (\nOslo NNP\n) )\n", TAGGED),
        ("a.txt", "-DOCSTART- O\n\n(3 O\n2) O\n", TAGGED),
    ],
)
def test_files_are_recognized_by_ending_and_beginning(
    tmp_path: Path, name: str, content: str, reader: AnyReader
) -> None:
    (tmp_path / name).write_text(content)
    assert reader_of(tmp_path / name) is reader
    (tmp_path / f"{name}.gz").write_bytes(gzip.compress(content.encode()))
    assert reader_of(tmp_path / f"{name}.gz") is reader


def test_files_are_recognized_by_a_named_format(tmp_path: Path) -> None:
    (tmp_path / "a").write_text(TREE)
    assert [reader_of(tmp_path / "a", name) for name in ("conll", "trees")] == [TAGGED, LABELLED]
    (tmp_path / "a").write_text(LABEL)
    assert reader_of(tmp_path / "a", "jsonl") is LABELLED
    assert reader_of(tmp_path) is LABELLED
    assert reader_of(tmp_path / "b", "aligned") is PAIRS


@pytest.mark.parametrize(
    ("name", "content", "reader"),
    [
        ("a.jsonl", '{"text": "Oslo"}\n', DOCUMENTS),
        ("a.jsonl", OPEN, TAGGED),
        ("a.jsonl", LABEL, LABELLED),
        ("a.md", "# Oslo\n", DOCUMENTS),
        ("a.txt", "Oslo O\n", TAGGED),
    ],
)
def test_documents_are_the_last_choice(tmp_path: Path, name: str, content: str, reader: AnyReader) -> None:
    (tmp_path / name).write_text(content)
    for readers in ([PAIRS, LABELLED, TAGGED, DOCUMENTS], [DOCUMENTS, TAGGED, PAIRS, LABELLED]):
        assert recognize(tmp_path / name, readers, {}) is reader


def test_a_folder_is_recognized_by_its_subfolders(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Oslo")
    assert recognize(tmp_path, [LABELLED, DOCUMENTS], {}) is DOCUMENTS
    (tmp_path / "place").mkdir()
    (tmp_path / "place/1.txt").write_text("Oslo")
    assert recognize(tmp_path, [LABELLED, DOCUMENTS], {}) is LABELLED
    assert recognize(tmp_path, [LABELLED, DOCUMENTS], {"document": "line"}) is DOCUMENTS


def test_an_unknown_format_raises(tmp_path: Path) -> None:
    with pytest.raises(
        ConfigError, match=r"selects no format; choose one: aligned .*, csv, .*, conll, conllu"
    ):
        reader_of(tmp_path / "a.xlsx")
    with pytest.raises(ConfigError, match="did you mean 'trees'"):
        reader_of(tmp_path / "a.txt", "tree")


def test_options_restrict_the_readers(tmp_path: Path) -> None:
    path = tmp_path / "a.tsv"
    path.write_text("source\ttarget\na dog\tein Hund\n")
    assert reader_of(path) is PAIRS
    assert reader_of(path, label_column="target") is LABELLED
    assert reader_of(path, tag_field=None, word_column=1) is TAGGED
    assert reader_of(path, delimiter=";") is TAGGED
    with pytest.raises(ConfigError, match="no file format has all of these options: pair, word_column"):
        reader_of(path, pair="en-de", word_column=0)
    with pytest.raises(ConfigError, match=r"the delimiter is empty|must be one character"):
        reader_of(path, delimiter="")


def test_a_single_reader_need_not_know_the_ending(tmp_path: Path) -> None:
    assert recognize(tmp_path / "a.bracketed", [TREES], {}) is TREES
    with pytest.raises(ConfigError, match="did you mean 'trees'"):
        recognize(tmp_path / "a.bracketed", [TREES], {"format": "tree"})


def test_only_the_beginning_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("word O\n" * 20 + TREE)
    assert reader_of(tmp_path / "a.txt") is TAGGED


@given(st.lists(st.tuples(st.text("()23ab", min_size=1), st.text("()23aBIO-", min_size=1)), min_size=1))
def test_columns_are_not_recognized_as_trees(tmp_path_factory, rows) -> None:
    """A word and its tag are a tree only as `(LABEL WORD)`."""
    path = tmp_path_factory.mktemp("columns") / "a.txt"
    path.write_text("".join(f"{word} {tag}\n" for word, tag in rows))
    if not any(word.startswith("(") and tag.endswith(")") for word, tag in rows):
        assert reader_of(path) is TAGGED


@pytest.mark.parametrize("ending", ["txt", "tsv"])
def test_the_tagging_sample_is_recognized(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"a.{ending}"
    path.write_text(
        "\n".join(
            "".join(f"{word}\t{tag}\n" for word, tag in zip(each.words, each.tags, strict=True))
            for each in load("sample/ner").dev
        ),
        encoding="utf-8",
    )
    assert reader_of(path) is TAGGED
