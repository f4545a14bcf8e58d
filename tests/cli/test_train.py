"""Training from end to end, with and without interruption."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import keras
import numpy as np
import pytest

from seqnlp.corpora import load
from seqnlp.errors import ConfigError, DataError
from seqnlp.files import atomic_write, is_leftover
from seqnlp.tasks.corpus import prepare
from seqnlp.tasks.registry import get_task
from seqnlp.tasks.tagging.model import Tagger
from seqnlp.tasks.tagging.settings import TaggerSettings
from seqnlp.tasks.training import resume_run, train_run
from seqnlp.training.directory_lock import LOCK, lock_directory
from seqnlp.training.run_directory import RunDirectory

TAGGER = get_task("tagger")
SMALL = [
    "network.word_dimension=16",
    "network.character_dimension=8",
    "network.character_filters=12",
    "network.units=16",
    "training.buckets=2",
    "training.epochs=3",
]


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> dict[str, Path]:
    """Part of the sample corpus as files."""
    folder = tmp_path_factory.mktemp("corpus")
    corpus = load("sample/ner")
    paths = {}
    for name, sentences in (("train", corpus.train[:300]), ("dev", corpus.dev[:60])):
        paths[f"data.{name}"] = folder / f"{name}.conll"
        text = "\n\n".join(
            "\n".join(f"{word} {tag}" for word, tag in zip(each.words, each.tags, strict=True))
            for each in sentences
        )
        paths[f"data.{name}"].write_text(text + "\n", encoding="utf-8")
    return paths


@pytest.fixture(scope="module")
def unbroken(files, tmp_path_factory) -> RunDirectory:
    run = RunDirectory(tmp_path_factory.mktemp("runs") / "unbroken")
    train_run(TAGGER, TaggerSettings.load(None, SMALL, files), run, quiet=True)
    return run


def weights(run: RunDirectory) -> list[np.ndarray]:
    return keras.models.load_model(run.network, compile=False).get_weights()


def assert_same_result(run: RunDirectory, other: RunDirectory) -> None:
    for found, expected in zip(weights(run), weights(other), strict=True):
        np.testing.assert_array_equal(found, expected)
    metrics, others = (json.loads(each.metrics.read_text()) for each in (run, other))
    for key in ("dev", "epochs", "best_epoch", "padding", "parameters"):
        assert metrics[key] == others[key]


def test_a_run_directory_contains_the_documented_files(unbroken: RunDirectory) -> None:
    assert sorted(path.name for path in unbroken.path.iterdir()) == [
        "README.md",
        "config.toml",
        "confusion.png",
        "history.jsonl",
        "metrics.json",
        "model.keras",
        "model.onnx",
        "training.png",
    ]
    history = [json.loads(line) for line in unbroken.history.read_text().splitlines()]
    assert [record["epoch"] for record in history] == [1, 2, 3]
    metrics = json.loads(unbroken.metrics.read_text())
    assert metrics["dev"]["f1"] == pytest.approx(max(record["dev"]["f1"] for record in history))


def test_the_model_file_has_the_scores_of_training(unbroken: RunDirectory) -> None:
    provenance = Tagger.load(unbroken.path).file.metadata["provenance"]
    metrics = json.loads(unbroken.metrics.read_text())
    assert provenance["scores"]["dev"]["f1"] == metrics["dev"]["f1"]


def interrupt(settings: TaggerSettings, run: RunDirectory, monkeypatch) -> None:
    """Train until the end of the second epoch."""
    from seqnlp.training import progress

    show_epoch = progress.TrainingProgress.epoch

    def interrupted(self, record, best):
        show_epoch(self, record, best)
        if record["epoch"] == 2:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(progress.TrainingProgress, "epoch", interrupted)
        with pytest.raises(KeyboardInterrupt):
            train_run(TAGGER, settings, run, quiet=True)
    assert run.checkpoint.exists()
    assert not run.model.exists()


@pytest.fixture
def copies(files, tmp_path) -> dict[str, Path]:
    """Copies of the corpus files, to change."""
    return {name: Path(shutil.copy(path, tmp_path)) for name, path in files.items()}


def test_an_interrupted_run_resumes_to_the_same_result(files, unbroken, tmp_path, monkeypatch) -> None:
    run = RunDirectory(tmp_path / "broken")
    interrupt(TaggerSettings.load(None, SMALL, files), run, monkeypatch)
    resume_run(TAGGER, run.path, quiet=True)
    assert_same_result(run, unbroken)


def test_a_run_resumes_in_another_directory(copies, unbroken, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    relative = {name: Path(path.name) for name, path in copies.items()}
    run = RunDirectory(Path("run"))
    interrupt(TaggerSettings.load(None, SMALL, relative), run, monkeypatch)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir("elsewhere")
    resume_run(TAGGER, Path("../run"), quiet=True)
    assert_same_result(RunDirectory(tmp_path / "run"), unbroken)


def test_a_model_file_names_no_directory(unbroken: RunDirectory) -> None:
    data = Tagger.load(unbroken.path).file.metadata["provenance"]["settings"]["data"]
    assert (data["train"], data["dev"]) == ("train.conll", "dev.conll")


def test_a_run_with_another_corpus_is_not_resumed(copies, tmp_path, monkeypatch) -> None:
    run = RunDirectory(tmp_path / "run")
    interrupt(TaggerSettings.load(None, SMALL, copies), run, monkeypatch)
    for names in (["train"], ["dev"], ["train", "dev"]):
        originals = {copies[f"data.{name}"]: copies[f"data.{name}"].read_text() for name in names}
        for path, text in originals.items():
            first, _, others = text.partition(" ")
            path.write_text(f"{first[::-1].title()} {others}")
        changed = ", ".join(f"{name} ({name}.conll)" for name in names)
        message = f"{changed}: changed since the run started; restore it or start a new run"
        with pytest.raises(DataError, match=re.escape(message)):
            resume_run(TAGGER, run.path, quiet=True)
        for path, text in originals.items():
            path.write_text(text)
    assert run.checkpoint.exists()
    assert not run.finished


@pytest.mark.parametrize("content", ["", "[data]\n", "[network]\nunits = 3\n"])
def test_a_run_with_incomplete_settings_is_not_resumed(files, tmp_path, content: str) -> None:
    run = RunDirectory(tmp_path / "run")
    run.create(content, {})
    with pytest.raises(ConfigError, match=r"config.toml: \w+.\w+ is missing; restore the file or start"):
        resume_run(TAGGER, run.path, quiet=True)


def test_a_run_that_was_killed_at_its_end_is_cleaned(unbroken, tmp_path) -> None:
    run = RunDirectory(Path(shutil.copytree(unbroken.path, tmp_path / "run")))
    run.checkpoints.mkdir()
    atomic_write(run.model).__enter__().write_text("killed here")
    resume_run(TAGGER, run.path, quiet=True)
    assert {path.name for path in run.path.iterdir()} == {path.name for path in unbroken.path.iterdir()}


def test_a_run_is_not_resumed_twice_at_once(files, tmp_path) -> None:
    run = RunDirectory(tmp_path / "run")
    run.create(TaggerSettings.load(None, SMALL, files).to_toml(), {})
    with lock_directory(run.path), pytest.raises(ConfigError, match="run is in use by process"):
        resume_run(TAGGER, run.path, quiet=True)


def test_training_that_diverges_is_one_line_and_leaves_nothing(files, tmp_path, complaint) -> None:
    options = [option for setting in SMALL for option in ("--set", setting)]
    corpus = ["--train", files["data.train"], "--dev", files["data.dev"]]
    line = complaint(
        "train", "tagger", *options, *corpus, "--set", "training.learning_rate=1e6", "--json",
        "--output", tmp_path / "run",
    )  # fmt: skip
    assert line.endswith("is not finite in epoch 1; try a lower learning rate (training.learning_rate)")
    assert not list(tmp_path.iterdir())


def test_dev_data_without_entities_cause_a_warning(files, tmp_path, caplog) -> None:
    dev = tmp_path / "dev.conll"
    dev.write_text("it O\nrains O\n\nthey O\nsleep O\n")
    run = RunDirectory(tmp_path / "run")
    metrics = train_run(TAGGER, TaggerSettings.load(None, SMALL, {**files, "data.dev": dev}), run, quiet=True)
    assert caplog.messages[0] == (
        "dev has none of the labels of the training data, so its score cannot select the best epoch"
    )
    assert (metrics["dev"]["f1"], metrics["best_epoch"]) == (0, 3)


def test_a_run_without_checkpoints_starts_again_with_a_warning(files, unbroken, tmp_path, caplog) -> None:
    run = RunDirectory(tmp_path / "lost")
    run.create(TaggerSettings.load(None, SMALL, files).to_toml(), {})
    shutil.rmtree(run.checkpoints)
    resume_run(TAGGER, run.path, quiet=True)
    assert f"{run.path} has no checkpoint; training starts again" in caplog.messages
    assert_same_result(run, unbroken)


@pytest.mark.parametrize(("number", "left"), [(signal.SIGKILL, {LOCK}), (signal.SIGTERM, set())])
def test_a_killed_run_resumes_to_the_same_result(
    files, unbroken, tmp_path, number: signal.Signals, left: set[str]
) -> None:
    run = RunDirectory(tmp_path / "killed")
    command = [sys.executable, "-m", "seqnlp.cli.main", "train", "tagger", "--output", str(run.path)]
    options = [option for setting in SMALL for option in ("--set", setting)]
    corpus = ["--train", str(files["data.train"]), "--dev", str(files["data.dev"])]
    process = subprocess.Popen([*command, *corpus, *options], stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 300
    while not run.checkpoint.exists() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(number)
    assert process.wait() == (143 if number == signal.SIGTERM else -number)
    assert not run.finished
    names = {path.name for path in run.path.iterdir() if number == signal.SIGTERM or not is_leftover(path)}
    assert names - {"history.jsonl"} == {"checkpoints", "config.toml", *left}
    resume_run(TAGGER, run.path, quiet=True)
    assert_same_result(run, unbroken)


def test_with_json_no_library_writes_to_standard_error(files, tmp_path) -> None:
    command = [sys.executable, "-m", "seqnlp", "train", "tagger", "--output", str(tmp_path / "run"), "--json"]
    options = [option for setting in [*SMALL, "training.epochs=1"] for option in ("--set", setting)]
    corpus = ["--train", str(files["data.train"]), "--dev", str(files["data.dev"])]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TF_")}
    result = subprocess.run(
        [*command, *corpus, *options], capture_output=True, text=True, check=True, env=environment
    )
    assert json.loads(result.stdout)["epochs"] == 1
    (line,) = result.stderr.splitlines()
    assert line.startswith(f"{tmp_path / 'run' / 'model.onnx'}: dev f1 ")


def test_a_prepared_corpus_trains_to_the_same_result(files, unbroken, tmp_path) -> None:
    prepare(TAGGER, TaggerSettings.load(None, SMALL, files)).write(tmp_path / "prepared", TAGGER)
    run = RunDirectory(tmp_path / "run")
    values = {"data.prepared": tmp_path / "prepared"}
    train_run(TAGGER, TaggerSettings.load(None, SMALL, values), run, quiet=True)
    assert_same_result(run, unbroken)


@pytest.mark.parametrize(
    ("options", "called"),
    [
        (["--folds=3"], "cross_validate"),
        (["--folds=3", "--set", "data.fold=1"], "train_run"),
        (["--folds=3", "--set", "data.fold=2"], "train_run"),
        ([], "train_run"),
    ],
)
def test_folds_are_cross_validated_unless_one_is_chosen(
    cli, tmp_path, monkeypatch, options: list[str], called: str
) -> None:
    calls = []
    for module, name in (("cross_validation", "cross_validate"), ("training", "train_run")):
        monkeypatch.setattr(
            f"seqnlp.tasks.{module}.{name}", lambda *_, name=name, **__: calls.append(name) or {}
        )
    assert cli("train", "tagger", *options, "--output", tmp_path / "run").exit_code == 0
    assert calls == [called]
