"""The directory of a run."""

import json
from pathlib import Path

import pytest

from seqnlp.errors import ConfigError
from seqnlp.training.run_directory import RunDirectory, free_directory


def test_a_run_from_beginning_to_end(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path / "runs" / "one")
    run.create("[training]\n")
    assert run.config.read_text() == "[training]\n"
    assert run.checkpoints.is_dir()
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


def test_a_run_does_not_overwrite_another(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path / "one")
    run.create("first")
    with pytest.raises(ConfigError, match="one contains a run; resume it"):
        RunDirectory(tmp_path / "one").create("second")
    assert run.config.read_text() == "first"


def test_a_file_is_no_directory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("kept")
    with pytest.raises(ConfigError, match="file is a file"):
        RunDirectory(tmp_path / "file").create("")
    assert (tmp_path / "file").read_text() == "kept"


def test_a_finished_run_leaves_other_files_alone(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".env").write_text("kept")
    run = RunDirectory(tmp_path)
    run.create("")
    run.finish({})
    assert {path.name for path in tmp_path.iterdir()} == {".git", ".env", "config.toml", "metrics.json"}


def test_the_first_free_directory(tmp_path: Path) -> None:
    assert free_directory(tmp_path / "runs", "tagger") == tmp_path / "runs" / "tagger-1"
    for number in (1, 3):
        (tmp_path / f"tagger-{number}").mkdir()
    (tmp_path / "tagger-2").write_text("")
    assert free_directory(tmp_path, "tagger") == tmp_path / "tagger-4"
