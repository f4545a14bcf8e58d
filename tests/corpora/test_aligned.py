"""Aligned files."""

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqnlp.corpora.formats.aligned import read_aligned
from seqnlp.corpora.problems import Problems
from seqnlp.errors import DataError
from seqnlp.records import SentencePair

LINE = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n\r\ufeff"), max_size=10)


@pytest.fixture
def files(tmp_path: Path):
    def write(source: str, target: str | bytes) -> tuple[Path, Path]:
        (tmp_path / "train.en").write_text(source, encoding="utf-8", newline="")
        data = target if isinstance(target, bytes) else target.encode()
        (tmp_path / "train.de").write_bytes(data)
        return tmp_path / "train.en", tmp_path / "train.de"

    return write


def test_lines_with_the_same_number_form_a_pair(files) -> None:
    found = list(read_aligned(*files("A dog.\n\n \r\nend", "Ein Hund.\nnichts\n\nEnde\n")))
    assert found == [
        SentencePair("A dog.", "Ein Hund."),
        SentencePair("", "nichts"),
        SentencePair("", ""),
        SentencePair("end", "Ende"),
    ]
    assert found[3].origin is not None
    assert found[3].origin.line == 4


def test_gzipped_files_are_read(files) -> None:
    source, target = files("one\n", gzip.compress(b"eins\n"))
    assert list(read_aligned(source, target)) == [SentencePair("one", "eins")]


@pytest.mark.parametrize(("source", "target"), [("a\nb\nc\n", "x\n"), ("a\n", "x\ny\nz\n")])
def test_files_of_different_length_raise_with_both_counts(files, source: str, target: str) -> None:
    one, other = files(source, target)
    counts = {path: path.read_text().count("\n") for path in (one, other)}
    with pytest.raises(DataError) as caught:
        list(read_aligned(one, other))
    for path, count in counts.items():
        assert f"{path} has {count} lines" in str(caught.value)
    assert caught.value.line == 2


def test_empty_and_missing_files_raise(files, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="contains no line"):
        list(read_aligned(*files("", "")))
    with pytest.raises(DataError, match="No such file"):
        list(read_aligned(tmp_path / "train.en", tmp_path / "none"))


def test_an_invalid_pair_is_skipped(files) -> None:
    source, target = files("a\nb\nc\n", b"x\nna\xefve\nz\n")
    problems = Problems()
    assert [pair.target for pair in read_aligned(source, target, on_error=problems)] == ["x", "z"]
    assert (problems.count, problems.first[0].line) == (1, 2)
    with pytest.raises(DataError, match="not UTF-8: byte 0xEF"):
        list(read_aligned(source, target))


@given(st.lists(st.tuples(LINE, LINE), min_size=1))
def test_written_lines_are_read_back(tmp_path_factory, pairs) -> None:
    folder = tmp_path_factory.mktemp("aligned")
    for name, lines in zip(("a", "b"), zip(*pairs, strict=True), strict=True):
        (folder / name).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="")
    found = [(pair.source, pair.target) for pair in read_aligned(folder / "a", folder / "b")]
    assert found == [(source.strip(), target.strip()) for source, target in pairs]
