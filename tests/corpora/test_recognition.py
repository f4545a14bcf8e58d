"""Tagged sentences, labelled texts and pairs told apart."""

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqnlp.corpora import load, task_of
from seqnlp.errors import ConfigError

TREE = "(3 (2 The) (4 (3 best) (2 film)))\n"
OPEN = '{"text": "Oslo", "entities": [[0, 4, "LOC"]]}\n'
PAIR = '{"source": "Oslo", "target": "Oslo"}\n'
LABELLED = '{"text": "Oslo", "label": "place"}\n'


@pytest.mark.parametrize(
    ("name", "content", "task"),
    [
        ("a.csv", "", "classifier"),
        ("a.conllu", "", "tagger"),
        ("a.bio", TREE, "tagger"),
        ("a.jsonl", OPEN, "tagger"),
        ("a.jsonl", LABELLED, "classifier"),
        ("a.jsonl", "{\n" + LABELLED, "classifier"),
        ("a.jsonl", "{\n" + OPEN, "tagger"),
        ("a.jsonl", "", "tagger"),
        ("a.tsv", "text\tlabel\nfine\t1\n", "classifier"),
        ("a.tsv", "id\tlabel\ttext\n1\t\tfine\n2\t0\tdull\n", "classifier"),
        ("a.tsv", "text\tO\nlabel\tO\n", "tagger"),
        ("a.tsv", "Oslo\tB-LOC\n\nBergen\tB-LOC\n", "tagger"),
        ("a.tsv", "source\ttarget\na dog\tein Hund\n", "translator"),
        ("a.csv", "de,source,target\n1\n1,a,b\n", "translator"),
        ("a.csv", "source,target\n", "classifier"),
        ("a.jsonl", "{\n" + PAIR, "translator"),
        ("a.txt", TREE, "classifier"),
        ("a.txt", "\n(3 (2 The\n" + TREE, "classifier"),
        ("a.txt", "( (\nOslo NNP\n) )\n", "tagger"),
        ("a.txt", "-DOCSTART- O\n\n(3 O\n2) O\n", "tagger"),
    ],
)
def test_a_file(tmp_path: Path, name: str, content: str, task: str) -> None:
    (tmp_path / name).write_text(content)
    assert task_of(tmp_path / name) == task
    (tmp_path / f"{name}.gz").write_bytes(gzip.compress(content.encode()))
    assert task_of(tmp_path / f"{name}.gz") == task


def test_a_format_by_name(tmp_path: Path) -> None:
    (tmp_path / "a").write_text(TREE)
    assert [task_of(tmp_path / "a", name) for name in ("conll", "trees")] == ["tagger", "classifier"]
    (tmp_path / "a").write_text(LABELLED)
    assert task_of(tmp_path / "a", "jsonl") == "classifier"
    assert task_of(tmp_path) == "classifier"
    assert task_of(tmp_path / "b", "aligned") == "translator"


def test_what_is_unknown(tmp_path: Path) -> None:
    with pytest.raises(
        ConfigError, match=r"no format is known by this ending; name one of conll, .*, folder"
    ):
        task_of(tmp_path / "a.xlsx")
    with pytest.raises(ConfigError, match="did you mean 'trees'"):
        task_of(tmp_path / "a.txt", "tree")


def test_only_the_beginning_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("word O\n" * 20 + TREE)
    assert task_of(tmp_path / "a.txt") == "tagger"


@given(st.lists(st.tuples(st.text("()23ab", min_size=1), st.text("()23aBIO-", min_size=1)), min_size=1))
def test_columns_are_no_trees_unless_each_line_is_one(tmp_path_factory, rows) -> None:
    """A word and its tag make a tree only as `(LABEL WORD)`."""
    path = tmp_path_factory.mktemp("columns") / "a.txt"
    path.write_text("".join(f"{word} {tag}\n" for word, tag in rows))
    if not any(word.startswith("(") and tag.endswith(")") for word, tag in rows):
        assert task_of(path) == "tagger"


@pytest.mark.parametrize("ending", ["txt", "tsv"])
def test_the_sample_is_of_tagged_sentences(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"a.{ending}"
    path.write_text(
        "\n".join(
            "".join(f"{word}\t{tag}\n" for word, tag in zip(each.words, each.tags, strict=True))
            for each in load("sample/ner").dev
        ),
        encoding="utf-8",
    )
    assert task_of(path) == "tagger"
