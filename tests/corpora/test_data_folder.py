"""Corpora in the folder that SEQNLP_DATA names."""

import gzip
import re
from pathlib import Path

import pytest

from seqnlp import corpora
from seqnlp.errors import CorpusError
from seqnlp.records import Document, Origin, SentencePair
from seqnlp.text.abc_notation import split_abc

PARTS = {"train": 3, "val": 2, "test_2016_flickr": 1}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "multi30k"
    folder.mkdir()
    for part, size in PARTS.items():
        for language in ("en", "de"):
            lines = "".join(f"{part} {number} {language}\n" for number in range(size))
            (folder / f"{part}.{language}.gz").write_bytes(gzip.compress(lines.encode()))
    monkeypatch.setenv("SEQNLP_DATA", str(tmp_path))
    return folder


def test_both_directions_of_translation_are_read(folder: Path) -> None:
    for name, (source, target) in {"multi30k/en-de": ("en", "de"), "multi30k/de-en": ("de", "en")}.items():
        assert corpora.entry(name).source.location() == str(folder)
        corpus = corpora.load(name)
        assert [len(corpus.split(split)) for split in corpus.splits] == [3, 2, 1]
        assert corpus.split("val") == corpus.dev
        assert corpus.split("test_2016_flickr") == corpora.load_split(name) == corpus.test
        assert corpus.dev[1] == SentencePair(f"val 1 {source}", f"val 1 {target}")


def test_files_need_not_be_gzipped(folder: Path) -> None:
    (folder / "val.de.gz").unlink()
    (folder / "val.de").write_text("eins\nzwei\n", encoding="utf-8")
    assert [pair.target for pair in corpora.load("multi30k/en-de").dev] == ["eins", "zwei"]


def refused(name: str) -> str:
    assert not corpora.entry(name).installed()
    with pytest.raises(CorpusError) as caught:
        corpora.load_split(name)
    return str(caught.value)


def test_a_missing_file_raises_with_instructions(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "val.de.gz").unlink()
    message = refused("multi30k/de-en")
    assert message.startswith(
        "multi30k/de-en is not installed; put {train,val,test_2016_flickr}.{en,de}.gz of "
    )
    assert message.endswith(
        " into a folder named multi30k, and set SEQNLP_DATA to the folder that contains it"
    )
    monkeypatch.setenv("SEQNLP_DATA", "")
    assert refused("multi30k/de-en") == message
    monkeypatch.delenv("SEQNLP_DATA")
    assert refused("multi30k/de-en") == message


def test_multi30k_has_its_published_sizes(data: Path) -> None:
    corpus, reverse = corpora.load("multi30k/en-de"), corpora.load("multi30k/de-en")
    assert [len(corpus.split(split)) for split in corpus.splits] == [29_000, 1_014, 1_000]
    assert corpus.train[0].source == "Two young, White males are outside near many bushes."
    assert corpus.train[0].target == "Zwei junge weiße Männer sind im Freien in der Nähe vieler Büsche."
    assert [(pair.target, pair.source) for pair in corpus.test] == [
        (pair.source, pair.target) for pair in reverse.test
    ]


@pytest.fixture
def plays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "tinyshakespeare/input.txt"
    path.parent.mkdir()
    path.write_text("First Citizen:\nBefore we proceed\n", encoding="utf-8")
    monkeypatch.setenv("SEQNLP_DATA", str(tmp_path))
    return path


def test_a_text_is_split_by_its_characters(plays: Path) -> None:
    assert corpora.entry("tinyshakespeare").source.location() == str(plays.parent)
    corpus = corpora.load("tinyshakespeare")
    assert [list(corpus.split(split)) for split in corpus.splits] == [
        [Document("First Citizen:\nBefore we proc")],
        [Document("eed\n")],
    ]
    assert corpus.dev[0].origin == Origin(str(plays), 2)
    with pytest.raises(CorpusError, match="tinyshakespeare has no split 'test'; it has train, dev"):
        corpora.load_split("tinyshakespeare")
    plays.unlink()
    with pytest.raises(CorpusError, match=r"tinyshakespeare is not installed; put data/tinyshakespeare"):
        corpora.load_split("tinyshakespeare:dev")


def test_lines_are_split_by_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEQNLP_DATA", str(tmp_path))
    assert refused("film_reviews_raw").startswith("film_reviews_raw is not installed; write the reviews in ")
    path = tmp_path / "film_reviews_raw/reviews.txt.gz"
    path.parent.mkdir()
    path.write_bytes(gzip.compress("".join(f"review {number}\n" for number in range(120)).encode()))
    corpus = corpora.load("film_reviews_raw")
    assert [document.text for document in corpus.dev] == ["review 48", "review 98"]
    assert [document.text for document in corpus.test] == ["review 49", "review 99"]
    assert len(corpus.train) == 116
    assert corpus.test[0].origin == Origin(str(path), 50)


def test_tunes_are_split_by_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEQNLP_DATA", str(tmp_path))
    assert refused("nottingham").startswith("nottingham is not installed; put the folder ABC_cleaned of ")
    folder = tmp_path / "nottingham_abc/ABC_cleaned"
    folder.mkdir(parents=True)
    for name, numbers in {"b.abc": range(7, 20), "a.abc": range(7)}.items():
        tunes = (f"X:{number}\nT:Title\nM:4/4\nK:D\nA{number}|\n" for number in numbers)
        (folder / name).write_text("\n".join(tunes), encoding="utf-8")
    corpus = corpora.load("nottingham")
    assert [document.text for document in corpus.dev] == ["M:4/4\nK:D\nA8|", "M:4/4\nK:D\nA18|"]
    assert [document.text for document in corpus.test] == ["M:4/4\nK:D\nA9|", "M:4/4\nK:D\nA19|"]
    assert len(corpus.train) == 16
    assert corpus.test[0].origin == Origin(str(folder / "b.abc"), 13)


def test_nottingham_has_its_size(data: Path) -> None:
    corpus = corpora.load("nottingham")
    assert [len(corpus.split(split)) for split in corpus.splits] == [828, 103, 103]
    assert all(re.match(r"M:\d+/\d+\nK:[A-G][b#]?m?\n", tune.text) for tune in corpus.train)
    text = "".join(tune.text for tune in corpus.train)
    assert "".join(split_abc(text)) == text


def test_tinyshakespeare_has_its_customary_splits(data: Path) -> None:
    corpus = corpora.load("tinyshakespeare")
    (train,), (dev,) = corpus.train, corpus.dev
    assert (len(train.text), len(dev.text)) == (1_003_854, 111_540)
    assert len({*train.text, *dev.text}) == 65


def test_film_reviews_raw_has_its_size(data: Path) -> None:
    corpus = corpora.load("film_reviews_raw")
    assert [len(corpus.split(split)) for split in corpus.splits] == [24_815, 516, 516]
    assert all(document.text == document.text.strip() for document in corpus.dev)
