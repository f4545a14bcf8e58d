"""A task in a separate distribution, on numbers instead of words: every command, and `seqnlp.train`."""

import json
import math
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "examples" / "forecasting"

Command = Callable[..., str]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the installed distribution in `site`, and files of sine waves."""
    folder = tmp_path_factory.mktemp("external")
    source = shutil.copytree(EXAMPLE, folder / "source")
    pip = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
        "--no-build-isolation",
    ]
    subprocess.run([*pip, "--target", folder / "site", source], check=True)
    drawn = random.Random(1)
    for name, count in (("train", 200), ("dev", 40), ("test", 40)):
        waves = [
            " ".join(f"{3 + 2 * math.sin(start + 0.5 * step):.3f}" for step in range(drawn.randint(4, 12)))
            for start in (drawn.uniform(0, 6) for _ in range(count))
        ]
        (folder / f"{name}.series").write_text("\n".join(waves) + "\n")
    return folder


@pytest.fixture(scope="module")
def run(folder: Path) -> Command:
    """Return a function that runs `seqnlp.cli.main`, or Python, with the distribution installed."""
    paths = [str(folder / "site"), str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "TF_CPP_MIN_LOG_LEVEL": "3"}

    def run(*arguments: object, stdin: str = "", code: int = 0) -> str:
        python = (
            list(map(str, arguments))
            if arguments[0] == "-c"
            else ["-m", "seqnlp.cli.main", *map(str, arguments)]
        )
        done = subprocess.run(
            [sys.executable, *python],
            cwd=folder,
            env=environment,
            input=stdin,
            text=True,
            capture_output=True,
            check=False,
        )
        assert done.returncode == code, done.stderr
        return done.stdout if code == 0 else done.stderr

    return run


@pytest.fixture(scope="module")
def trained(run: Command) -> Command:
    """Train a run, and return the same function."""
    files = ("--train", "train.series", "--dev", "dev.series", "--test", "test.series")
    metrics = json.loads(run("train", "forecaster", *files, "--epochs", 4, "--output", "run", "--json"))
    assert metrics["test"]["mae"] < 1.2
    return run


def test_the_module_is_short_and_no_product_file_names_it() -> None:
    module = EXAMPLE / "seqnlp_forecasting.py"
    assert len(module.read_text(encoding="utf-8").splitlines()) <= 150
    product = [
        path for folder in ("seqnlp", "cli", "corpora", "export") for path in (ROOT / folder).rglob("*.py")
    ]
    assert len(product) > 150
    assert not [path for path in product if "forecast" in path.read_text(encoding="utf-8").lower()]


def test_help_and_settings_are_those_of_the_task(run: Command) -> None:
    assert "Predict the next number of a series." in run("train", "--help")
    text = run("train", "forecaster", "--help")
    assert "--epochs" in text
    assert "--word-column" not in text
    assert "[training]" in run("init", "forecaster")


def test_evaluate_equals_the_metrics_of_training(trained: Command, folder: Path) -> None:
    metrics = json.loads((folder / "run" / "metrics.json").read_text())
    assert json.loads(trained("evaluate", "run", "--data", "test.series", "--json")) == metrics["test"]


def test_predict_reads_text_and_json_and_keeps_the_other_fields(trained: Command) -> None:
    one = json.loads(trained("predict", "run", "1 2 3"))
    assert one["series"] == [1, 2, 3]
    other = json.loads(
        trained("predict", "run", "--input-format", "jsonl", stdin='{"text": "1 2 3", "id": 7}\n')
    )
    assert other == {"id": 7, **one}
    lines = trained("predict", "run", "--input", "test.series").splitlines()
    assert len(lines) == 40


def test_export_writes_the_same_model_again(trained: Command) -> None:
    trained("export", "run", "--output", "again.onnx")
    assert trained("predict", "again.onnx", "1 2 3") == trained("predict", "run", "1 2 3")
    assert "forecaster" in trained("inspect", "again.onnx")


def test_a_prepared_corpus_trains_to_the_same_scores(trained: Command, folder: Path) -> None:
    trained("prepare", "forecaster", "--train", "train.series", "--dev", "dev.series", "--output", "prepared")
    again = trained(
        "train", "forecaster", "--prepared", "prepared", "--epochs", 4, "--output", "again", "--json"
    )
    assert json.loads(again)["dev"] == json.loads((folder / "run" / "metrics.json").read_text())["dev"]


def test_a_run_that_stopped_resumes_to_the_same_scores(trained: Command, folder: Path) -> None:
    stopped = """
import seqnlp, seqnlp.training.progress as progress
class Stopped(Exception): pass
def stop(self, record, best):
    if record["epoch"] == 2: raise Stopped
progress.TrainingProgress.epoch = stop
try:
    files = {name: f"{name}.series" for name in ("train", "dev", "test")}
    seqnlp.train("forecaster", **files, epochs=4, output="stopped", quiet=True)
except Stopped:
    print("stopped")
"""
    assert trained("-c", stopped) == "stopped\n"
    resumed = json.loads(trained("train", "forecaster", "--output", "stopped", "--resume", "--json"))
    assert resumed["test"] == json.loads((folder / "run" / "metrics.json").read_text())["test"]


def test_training_starts_from_another_run(trained: Command, folder: Path) -> None:
    files = ("--train", "train.series", "--dev", "dev.series", "--epochs", 2)
    metrics = json.loads(
        trained("train", "forecaster", "--from", "run", *files, "--output", "more", "--json")
    )
    first, *others = map(json.loads, (folder / "more" / "history.jsonl").read_text().splitlines())
    before = json.loads((folder / "run" / "metrics.json").read_text())["dev"]["mae"]
    assert first["epoch"] == 0
    assert first["dev"]["mae"] == pytest.approx(before, abs=1e-4)
    assert metrics["dev"]["mae"] <= before + 1e-4
    assert len(others) == metrics["epochs"] == 2
    trained("export", "more", "--output", "more.onnx")
    assert trained("predict", "more.onnx", "1 2 3") == trained("predict", "more", "1 2 3")


def test_the_library_trains_on_records_in_memory(run: Command) -> None:
    script = """
import seqnlp
series = [[n, n + 1, n + 2, n + 3] for n in range(40)]
run = seqnlp.train("forecaster", train=series, epochs=1, output="memory", quiet=True)
assert run.metrics["dev"]["mae"] > 0
assert seqnlp.evaluate(run.model, series).mae > 0
print(run.model([1, 2, 3]).series)
"""
    assert run("-c", script) == "[1.0, 2.0, 3.0]\n"


def test_an_invalid_file_gets_one_line(run: Command, folder: Path) -> None:
    (folder / "bad.series").write_text("1 2 3\n1 x 3\n")
    message = run("train", "forecaster", "--train", "bad.series", "--output", "bad", code=2)
    assert message.splitlines()[-1] == "error: bad.series:2: could not convert string to float: 'x'"
