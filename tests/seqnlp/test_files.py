"""Atomic file writes."""

from pathlib import Path

import pytest

from seqnlp.files import atomic_write, atomic_write_text, remove_leftovers


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
    remove_leftovers(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".git", ".gitignore", "model.keras"]
