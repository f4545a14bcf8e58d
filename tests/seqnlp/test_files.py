"""Atomic file writes."""

import errno
import os
from pathlib import Path

import pytest

from seqnlp.errors import DataError
from seqnlp.files import (
    atomic_write,
    atomic_write_text,
    checksum,
    is_leftover,
    remove_leftovers,
    remove_leftovers_of,
)


def test_the_file_appears_when_writing_ends(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    path.write_text("old")
    with atomic_write(path) as temporary:
        assert (temporary.parent, temporary.suffix) == (tmp_path, ".onnx")
        temporary.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("old", [None, "old"])
def test_an_error_keeps_the_old_file(tmp_path: Path, old: str | None) -> None:
    path = tmp_path / "metrics.json"
    if old is not None:
        path.write_text(old)

    def write() -> None:
        with atomic_write(path) as temporary:
            temporary.write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write()
    assert list(tmp_path.iterdir()) == ([] if old is None else [path])
    assert old is None or path.read_text() == old


def test_text_is_utf_8(tmp_path: Path) -> None:
    atomic_write_text(tmp_path / "text", "Łódź 👍")
    assert (tmp_path / "text").read_bytes() == "Łódź 👍".encode()
    with pytest.raises(UnicodeEncodeError):
        atomic_write_text(tmp_path / "text", "\ud800")
    assert (tmp_path / "text").read_bytes() == "Łódź 👍".encode()


def test_only_leftovers_of_killed_writes_are_removed(tmp_path: Path) -> None:
    writing = atomic_write(tmp_path / "model.keras")
    writing.__enter__().write_text("killed here")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_text("runs")
    (tmp_path / "model.keras").write_text("whole")
    others = [".notes.partial.txt", ".model.1.partial.keras", "x.1.seqnlp-partial.keras", ".seqnlp-partial"]
    for name in others:
        (tmp_path / name).write_text("mine")
    (tmp_path / ".folder.1.seqnlp-partial").mkdir()
    remove_leftovers(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {
        *(".git", ".gitignore", "model.keras", ".folder.1.seqnlp-partial"),
        *others,
    }


@pytest.mark.parametrize("name", ["model.onnx", "README", ".hidden", "a.b.c", "name\nwith lines"])
def test_leftovers_are_recognised(tmp_path: Path, name: str) -> None:
    with atomic_write(tmp_path / name) as temporary:
        temporary.write_text("")
        assert is_leftover(temporary)
    assert not is_leftover(tmp_path / name)


def test_the_content_is_on_the_disk_before_the_file_is_renamed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    events: list[str] = []
    replace, sync = Path.replace, os.fsync
    monkeypatch.setattr(os, "fsync", lambda file: events.append("sync") or sync(file))
    monkeypatch.setattr(Path, "replace", lambda path, to: events.append("rename") or replace(path, to))
    atomic_write_text(tmp_path / "state", "content")
    assert events == ["sync", "rename", "sync"]


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"absent/metrics.json: No such file or directory$"):
        atomic_write_text(tmp_path / "absent" / "metrics.json", "{}")

    def fill(number: int) -> None:
        with atomic_write(tmp_path / "metrics.json"):
            raise OSError(number, os.strerror(number))

    with pytest.raises(DataError, match=r"/metrics.json: No space left on device$"):
        fill(errno.ENOSPC)
    with pytest.raises(FileNotFoundError, match="other"), atomic_write(tmp_path / "metrics.json"):
        (tmp_path / "other").read_text()
    assert not list(tmp_path.iterdir())


def test_leftovers_of_one_file_are_removed(tmp_path: Path) -> None:
    names = (".a.12.seqnlp-partial.json", ".a.b.12.seqnlp-partial.json", ".a.12.seqnlp-partial", "a.json")
    for name in names:
        (tmp_path / name).write_text("")
    remove_leftovers_of(tmp_path / "a.json")
    assert {path.name for path in tmp_path.iterdir()} == set(names[1:])


def test_a_checksum_depends_on_the_content(tmp_path: Path) -> None:
    for name, content in (("a", b""), ("b", b""), ("c", b"c")):
        (tmp_path / name).write_bytes(content)
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert checksum(tmp_path / "a") == checksum(tmp_path / "b") == empty
    assert checksum(tmp_path / "c") != empty
