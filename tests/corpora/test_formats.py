from pathlib import Path

import pytest

from seqnlp.corpora import TAGGED, TaggedOptions
from seqnlp.errors import ConfigError, DataError
from seqnlp.records import AnnotatedText, Span, TaggedSentence


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("train.conll", "conll"),
        ("esp.testa", "conll"),
        ("ned.train.gz", "conll"),
        ("emerging.test.annotated", "conll"),
        ("TRAIN.BIO", "conll"),
        ("words.tsv", "conll"),
        ("en_ewt-ud-dev.conllu", "conllu"),
        ("en_ewt-ud-dev.conllu.gz", "conllu"),
        ("export.jsonl", "jsonl"),
        ("project-1-at-2026.json", "jsonl"),
    ],
)
def test_the_file_ending_selects_the_format(name: str, expected: str) -> None:
    assert TAGGED.format_of(Path("some.folder") / name) == expected


@pytest.mark.parametrize("name", ["train", "train.xml", "conll", "archive.gz"])
def test_unknown_endings_raise(name: str) -> None:
    with pytest.raises(
        ConfigError, match=f"^{name}: .* selects no format; choose one: conll, conllu, jsonl$"
    ):
        TAGGED.format_of(name)


def test_each_format_is_read_with_its_options(tmp_path: Path) -> None:
    conll, conllu, jsonl = (tmp_path / f"some.{ending}" for ending in ("conll", "conllu", "jsonl"))
    conll.write_text("B-LOC;Oslo;x\n")
    conllu.write_text("1\tOslo\toslo\tPROPN\tNNP\t_\t0\troot\t_\t_\n")
    jsonl.write_text('{"text": "Oslo", "entities": [[0, 4, "LOC"]]}')
    columns = TaggedOptions(delimiter=";", word_column=1, tag_column=0)
    assert list(TAGGED.read(conll, columns)) == [TaggedSentence(("Oslo",), ("B-LOC",))]
    assert list(TAGGED.read(conllu)) == [TaggedSentence(("Oslo",), ("PROPN",))]
    assert list(TAGGED.read(conllu, TaggedOptions(tag_field="xpos"))) == [TaggedSentence(("Oslo",), ("NNP",))]
    assert list(TAGGED.read(jsonl)) == [AnnotatedText("Oslo", (Span("LOC", 0, 4),))]


def test_a_named_format_takes_precedence_over_the_ending(tmp_path: Path) -> None:
    path = tmp_path / "some.conllu"
    path.write_text("Oslo B-LOC\n")
    assert list(TAGGED.read(path, TaggedOptions(format="conll"))) == [TaggedSentence(("Oslo",), ("B-LOC",))]
    with pytest.raises(DataError):
        list(TAGGED.read(path))


def test_an_unknown_format_names_the_nearest() -> None:
    with pytest.raises(
        ConfigError, match=r"unknown format 'conl'; did you mean 'conll'\? known formats: conll, "
    ):
        TAGGED.read("some.conll", TaggedOptions(format="conl"))


def test_an_empty_delimiter_raises() -> None:
    with pytest.raises(ConfigError, match="the delimiter is empty"):
        TaggedOptions(delimiter="")
