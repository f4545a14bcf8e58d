"""`seqnlp train TASK --from RUN`: messages, help and completion. Training itself is in tests/seqnlp/tasks."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from seqnlp.cli.train import _complete_run

Complaint = Callable[..., str]


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the run directories `runs/a` and `runs/b`, which have only settings, and other files."""
    monkeypatch.chdir(tmp_path)
    for name in ("a", "b"):
        (tmp_path / "runs" / name).mkdir(parents=True)
        (tmp_path / "runs" / name / "config.toml").touch()
    (tmp_path / ".hidden").mkdir()
    (tmp_path / "rest.txt").touch()
    return tmp_path


def test_help_shows_the_option_with_an_example(cli: Callable[..., object]) -> None:
    text = " ".join(str(vars(cli("train", "tagger", "--help"))["stdout_bytes"].decode()).split())
    assert "--from" in text
    assert "seqnlp train tagger --from runs/mine --train train.conll" in text.replace("│ ", "")


def test_from_and_resume_exclude_each_other(complaint: Complaint, runs: Path) -> None:
    message = complaint("train", "tagger", "--from", "runs/a", "--output", "runs/a", "--resume")
    assert message == "give --from or --resume, not both: a resumed run has its own weights"


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("runs/c", "runs/c: no such run directory"),
        ("runs", "runs contains no run to start from"),
        ("runs/a", "runs/a is not a finished run; resume it first (--resume)"),
        (
            "rest.txt",
            "rest.txt is a file; training starts from a run directory, whose model.keras has the weights",
        ),
    ],
)
def test_a_directory_without_a_finished_run_is_one_line(
    complaint: Complaint, runs: Path, path: str, message: str
) -> None:
    assert complaint("train", "tagger", "--from", path, "--output", "new") == message
    assert not (runs / "new").exists()


@pytest.mark.parametrize(
    ("incomplete", "found"),
    [
        ("", ["runs/"]),
        ("ru", ["runs/"]),
        ("runs", ["runs/"]),
        ("runs/", ["runs/a", "runs/b"]),
        ("runs/b", ["runs/b"]),
        ("runs/c", []),
        ("missing/", []),
        ("rest.txt/", []),
    ],
)
def test_completion_offers_runs(runs: Path, incomplete: str, found: list[str]) -> None:
    assert _complete_run(incomplete) == found
    assert _complete_run(f"{runs}/{incomplete}") == [f"{runs}/{each}" for each in found]


def test_the_shell_completes_the_option(runs: Path) -> None:
    words = "seqnlp train tagger --from runs/"
    environment = {**os.environ, "_SEQNLP_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": "4"}
    code = "import sys; sys.argv[0] = 'seqnlp'; from seqnlp.cli.main import app; app(prog_name='seqnlp')"
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert done.stdout.split() == ["runs/a", "runs/b"], done.stderr
