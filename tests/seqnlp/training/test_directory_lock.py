"""Locks on directories."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from seqnlp.errors import ConfigError
from seqnlp.training.directory_lock import LOCK, check_unlocked, lock_directory, output_directory

HOLD = """
import sys, time
from pathlib import Path
from seqnlp.training.directory_lock import lock_directory
with lock_directory(Path(sys.argv[1])):
    print("locked", flush=True)
    time.sleep(600)
"""


def test_a_directory_has_one_owner(tmp_path: Path) -> None:
    message = f"run is in use by process {os.getpid()}"
    run = tmp_path / "run"
    with lock_directory(run), pytest.raises(ConfigError, match=message), lock_directory(run):
        pass


def test_the_lock_is_removed_at_the_end(tmp_path: Path) -> None:
    for _ in range(2):
        with lock_directory(tmp_path):
            assert (tmp_path / LOCK).read_text() == f"{os.getpid()}\n"
        assert not list(tmp_path.iterdir())


def test_another_process_is_named_and_its_death_releases_the_lock(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"locked\n"
        message = f"is in use by process {process.pid}"
        with pytest.raises(ConfigError, match=message), lock_directory(tmp_path):
            pass
        process.kill()
    assert (tmp_path / LOCK).exists()
    with lock_directory(tmp_path):
        pass
    assert not (tmp_path / LOCK).exists()


def test_new_directories_are_removed_if_they_stay_empty(tmp_path: Path) -> None:
    def fail(path: Path) -> None:
        with lock_directory(path):
            assert path.is_dir()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail(tmp_path / "runs" / "deep" / "one")
    assert not list(tmp_path.iterdir())
    (tmp_path / "mine").mkdir()
    with pytest.raises(KeyboardInterrupt):
        fail(tmp_path / "mine")
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_a_file_cannot_be_locked(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("kept")
    with pytest.raises(ConfigError, match="file is a file"), lock_directory(tmp_path / "file"):
        pass
    assert (tmp_path / "file").read_text() == "kept"


def test_runs_without_a_directory_choose_different_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with output_directory(None, "tagger") as first, output_directory(None, "tagger") as second:
        assert (first, second) == (Path("runs/tagger-1"), Path("runs/tagger-2"))
        (second / "model.onnx").write_text("")
    assert sorted(tmp_path.rglob("*")) == [
        tmp_path / "runs",
        *(tmp_path / "runs" / "tagger-2", tmp_path / "runs" / "tagger-2" / "model.onnx"),
    ]
    (tmp_path / "runs" / "tagger-1").write_text("a file")
    with output_directory(None, "tagger") as third:
        assert third == Path("runs/tagger-3")
    with output_directory(tmp_path / "mine", "tagger") as given:
        assert given == tmp_path / "mine"
    assert not (tmp_path / "mine").exists()


def test_a_lock_of_another_process_is_found_without_writing(tmp_path: Path) -> None:
    check_unlocked(tmp_path)
    check_unlocked(tmp_path / "missing")
    with lock_directory(tmp_path), pytest.raises(ConfigError, match=f"is in use by process {os.getpid()}"):
        check_unlocked(tmp_path)
    (tmp_path / LOCK).write_text("77\n")  # a process that died left it
    check_unlocked(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [LOCK]
