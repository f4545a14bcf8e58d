"""The directory of a run."""

import json
from pathlib import Path

import pytest

from seqnlp.errors import ConfigError, DataError
from seqnlp.files import atomic_write
from seqnlp.training.directory_lock import LOCK
from seqnlp.training.run_directory import RunDirectory

CORPUS = {"sha256": "00", "source": {}}


def test_a_run_from_beginning_to_end(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path / "runs" / "one")
    run.create("[training]\n", CORPUS)
    assert run.config.read_text() == "[training]\n"
    assert run.read_corpus() == CORPUS
    assert not run.finished
    run.checkpoint.write_bytes(b"state")
    history = [{"epoch": 1, "dev": {"f1": 0.5}}, {"epoch": 2, "dev": {"f1": 0.6}}]
    run.write_history(history)
    assert [json.loads(line) for line in run.history.read_text().splitlines()] == history
    assert not run.finished
    run.finish({"dev": {"f1": 0.6}})
    assert run.finished
    assert json.loads(run.metrics.read_text()) == {"dev": {"f1": 0.6}}
    assert sorted(path.name for path in run.path.iterdir()) == [
        "config.toml",
        "history.jsonl",
        "metrics.json",
    ]


@pytest.mark.parametrize("name", ["README.md", "metrics.json", ".notes.partial.txt", ".git", "model.onnx"])
def test_a_new_run_refuses_a_directory_with_files(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine")
    with pytest.raises(ConfigError, match="is not empty; choose another --output"):
        RunDirectory(tmp_path).check_new()
    assert (tmp_path / name).read_text() == "mine"


def test_a_new_run_accepts_what_a_killed_process_left(tmp_path: Path) -> None:
    (tmp_path / LOCK).write_text("123\n")
    atomic_write(tmp_path / "config.toml").__enter__().write_text("killed here")
    RunDirectory(tmp_path).check_new()


def test_a_new_run_does_not_overwrite_another(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path / "one")
    run.create("first", CORPUS)
    with pytest.raises(ConfigError, match="one contains a run; resume it"):
        run.check_new()


def test_a_file_is_no_directory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("kept")
    with pytest.raises(ConfigError, match="file is a file"):
        RunDirectory(tmp_path / "file").check_new()


def test_a_finished_run_leaves_other_files_alone(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path)
    run.create("", CORPUS)
    for name in (".env", ".notes.partial.txt", ".model.partial.onnx"):
        (tmp_path / name).write_text("kept")
    atomic_write(run.model).__enter__().write_text("killed here")
    assert run.has_leftovers
    run.finish({})
    assert not run.has_leftovers
    assert {path.name for path in tmp_path.iterdir()} == {
        *(".env", ".notes.partial.txt", ".model.partial.onnx"),
        *("config.toml", "metrics.json"),
    }


def test_a_discarded_run_leaves_nothing(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path)
    run.create("", CORPUS)
    run.prepared.mkdir()
    run.discard()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("content", [b"", b"\xff", b"[]", b"{", b"[" * 100_000, b"3"])
def test_a_damaged_file_is_named(tmp_path: Path, content: bytes) -> None:
    run = RunDirectory(tmp_path)
    run.create("", CORPUS)
    for path, read, advice in (
        (run.metrics, run.read_metrics, "remove it and resume the run"),
        (run.corpus, run.read_corpus, "to train from the beginning"),
    ):
        path.write_bytes(content)
        with pytest.raises(DataError, match=f"{path}: .*damaged .*{advice}"):
            read()
    run.history.write_bytes(content or b"\xff")
    with pytest.raises(DataError, match=r"history.jsonl: .*damaged"):
        run.read_history()
