"""Training from end to end, with and without interruption."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import keras
import numpy as np
import pytest

from seqnlp.corpora import load
from seqnlp.tasks.corpus import prepare
from seqnlp.tasks.registry import get_task
from seqnlp.tasks.tagging.model import Tagger
from seqnlp.tasks.tagging.settings import TaggerSettings
from seqnlp.tasks.training import resume_run, train_run
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


def test_an_interrupted_run_resumes_to_the_same_result(files, unbroken, tmp_path, monkeypatch) -> None:
    from seqnlp.training import progress

    run = RunDirectory(tmp_path / "broken")
    show_epoch = progress.TrainingProgress.epoch

    def interrupted(self, record, best):
        show_epoch(self, record, best)
        if record["epoch"] == 2:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(progress.TrainingProgress, "epoch", interrupted)
        with pytest.raises(KeyboardInterrupt):
            train_run(TAGGER, TaggerSettings.load(None, SMALL, files), run, quiet=True)
    assert run.checkpoint.exists()
    assert not run.model.exists()
    resume_run(TAGGER, run.path, quiet=True)
    assert_same_result(run, unbroken)


def test_a_run_without_checkpoints_starts_again_with_a_warning(files, unbroken, tmp_path, caplog) -> None:
    run = RunDirectory(tmp_path / "lost")
    run.create(TaggerSettings.load(None, SMALL, files).to_toml())
    run.checkpoints.rmdir()
    resume_run(TAGGER, run.path, quiet=True)
    assert f"{run.path} has no checkpoint; training starts again" in caplog.messages
    assert_same_result(run, unbroken)


def test_a_killed_run_resumes_to_the_same_result(files, unbroken, tmp_path) -> None:
    run = RunDirectory(tmp_path / "killed")
    command = [sys.executable, "-m", "seqnlp.cli.main", "train", "tagger", "--output", str(run.path)]
    options = [option for setting in SMALL for option in ("--set", setting)]
    corpus = ["--train", str(files["data.train"]), "--dev", str(files["data.dev"])]
    process = subprocess.Popen([*command, *corpus, *options], stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 300
    while not run.checkpoint.exists() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not run.finished
    resume_run(TAGGER, run.path, quiet=True)
    assert_same_result(run, unbroken)


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
    for name in ("cross_validate", "train_run"):
        monkeypatch.setattr(
            f"seqnlp.tasks.training.{name}", lambda *_, name=name, **__: calls.append(name) or {}
        )
    assert cli("train", "tagger", *options, "--output", tmp_path / "run").exit_code == 0
    assert calls == [called]
