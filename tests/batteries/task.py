"""The task battery: one call checks the contract of a task.

`check_task` trains a tiny model with `seqnlp.train` and checks its run directory, scores, predictions,
evaluation, export, prepared corpora, the parity check, training that starts from another run, and the
messages about invalid settings.
"""

import gc
import json
import os
import pickle
import shutil
import signal
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import onnx
import pytest

import seqnlp
from seqnlp.export.graph import Graph
from seqnlp.export.parity import ParityError
from seqnlp.metrics.mistakes_page import write_page
from seqnlp.serving.model import AnyModel
from seqnlp.serving.model_file import ModelFile
from seqnlp.settings import Settings
from seqnlp.tasks.corpus import Data, prepare, sort_data
from seqnlp.tasks.export import write_network
from seqnlp.tasks.registry import get_task
from seqnlp.tasks.task import AnyTask
from seqnlp.tasks.training import load_settings
from seqnlp.training.loop import _Loop
from seqnlp.training.networks import load_network
from seqnlp.training.progress import TrainingProgress
from seqnlp.types import JsonObject

FILES = {"config.toml", "model.onnx", "model.keras", "metrics.json", "history.jsonl", "README.md"}
FIGURES = {"epochs", "best_epoch", "padding", "parameters", "seconds", "dev"}
FRACTIONS = {"accuracy", "exact", "f1", "macro_f1", "micro_f1", "node_accuracy", "precision", "recall"}
PERCENTAGES = {"bleu", "bleu_lower", "chrf"}
LOSSES = {"nats_per_token", "perplexity"}


@dataclass(frozen=True)
class Case:
    """A task with tiny data; see `check_task`."""

    task: AnyTask
    train: Data
    dev: Data
    settings: Mapping[str, Any]
    contents: Sequence[Any]
    folder: Path

    def train_into(
        self, name: str, start_from: Path | None = None, epochs: int = 2, **data: Any
    ) -> seqnlp.Run:
        """Train into a subdirectory of the folder, by default on the data of the case."""
        return seqnlp.train(
            self.task.name,
            **(data or {"train": self.train, "dev": self.dev}),
            settings=self.settings,
            epochs=epochs,
            start_from=start_from,
            output=self.folder / name,
            quiet=True,
        )


def check_task(
    name: str,
    train: Data,
    dev: Data,
    settings: Mapping[str, Any],
    contents: Sequence[Any],
    folder: Path,
) -> None:
    """Check a task.

    Args:
        name: The name of the task.
        train: Training data: a file, or records in memory.
        dev: Dev data of the same kind.
        settings: Values of small settings by full name, at least one.
        contents: At least two inputs of a prediction.
        folder: An empty folder.
    """
    case = Case(get_task(name), train, dev, settings, contents, folder)
    run = case.train_into("run")
    for check in CHECKS:
        check(case, run)


def check_directory(case: Case, run: seqnlp.Run) -> None:
    """Check that the run directory has the standard files and plots, and no temporary files."""
    names = {path.name for path in run.path.iterdir()}
    pictures = {name for name in names if name.endswith(".png")}
    assert "training.png" in pictures
    assert names - pictures - {"prepared"} == FILES


def check_metrics(case: Case, run: seqnlp.Run) -> None:
    """Check names and ranges of the metrics, and that the history and the model card agree with them."""
    metrics, dev = run.metrics, run.metrics["dev"]
    assert metrics == json.loads((run.path / "metrics.json").read_text(encoding="utf-8"))
    assert metrics.keys() >= FIGURES
    assert metrics["epochs"] == len(run.history) == 2
    metric = case.task.metric(run.model.codec, _read_settings(case.task, run)).name
    assert metric in dev
    assert all(metric in epoch["dev"] for epoch in run.history)
    assert dev.keys() & (FRACTIONS | PERCENTAGES | LOSSES)
    assert all(0 <= dev[name] <= 1 for name in dev.keys() & FRACTIONS)
    assert all(0 <= dev[name] <= 100 for name in dev.keys() & PERCENTAGES)
    assert all(dev[name] > 0 for name in dev.keys() & LOSSES)
    card = (run.path / "README.md").read_text(encoding="utf-8")
    assert case.task.name in card
    assert metric in card


def check_model(case: Case, run: seqnlp.Run) -> None:
    """Check that the `repr` of a model has at most two lines, and that a single text is not a list."""
    assert len(repr(run.model).splitlines()) <= 2
    with pytest.raises(TypeError):
        run.model.predict("a text")


def check_predictions(case: Case, run: seqnlp.Run) -> None:
    """Check that predictions do not depend on the other items or their order, and that no items give none."""
    model = run.model
    together = _values(model.predict(case.contents))
    assert len(together) == len(case.contents)
    for content, expected in zip(case.contents, together, strict=True):
        assert_close(_values([model(content)]), [expected])
    assert_close(_values(model.predict(case.contents[::-1])), together[::-1])
    assert list(model.predict([])) == []


def check_pickle(case: Case, run: seqnlp.Run) -> None:
    """Check that a model has the same predictions after pickling."""
    again = pickle.loads(pickle.dumps(run.model))
    assert _values(again.predict(case.contents)) == _values(run.model.predict(case.contents))


def check_fork(case: Case, run: seqnlp.Run) -> None:
    """Check that a fork of a process that used the model has the same predictions."""
    expected = _values(run.model.predict(case.contents))
    child = os.fork()
    if child == 0:
        os._exit(_values(run.model.predict(case.contents)) != expected)
    deadline = time.monotonic() + 60
    while (ended := os.waitpid(child, os.WNOHANG)) == (0, 0) and time.monotonic() < deadline:
        time.sleep(0.01)
    if ended == (0, 0):
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    assert ended == (child, 0)


def check_scaling(case: Case, run: seqnlp.Run) -> None:
    """Check that the use of time and memory is linear in the number of texts and in the length of a text."""
    model = type(run.model).load(run.path, threads=1)
    text = case.contents[0]
    words = [word for word in text.split() if word.isalpha()] if isinstance(text, str) else []
    for contents in (
        lambda count: case.contents * count,
        *([lambda count: [" ".join(words * count)], lambda count: ["x" * (50 * count)]] if words else []),
    ):
        measure_use(model, contents(1))
        uses = [measure_use(model, contents(count)) for count in (50, 100, 200)]
        for small, middle, large in zip(*uses, strict=True):
            assert middle < 2.5 * small, uses
            assert large < 2.5 * middle, uses


def measure_use(model: AnyModel, contents: Sequence[Any]) -> tuple[int, int, int]:
    """Return the numbers of calls, of values in the inputs of the graph, and of bytes for a prediction."""
    calls = values = 0
    run = ModelFile.run

    def count_values(file: ModelFile, outputs: Any, inputs: Any, session: Any = None) -> Any:
        nonlocal values
        values += sum(array.size for array in inputs.values())
        return run(file, outputs, inputs, session)

    def count_calls(frame: Any, event: str, argument: Any) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    gc.collect()
    # The peak would depend on the moment of a collection, and so on the other objects of the process.
    gc.disable()
    with patch.object(ModelFile, "run", count_values):
        tracemalloc.start()
        sys.setprofile(count_calls)
        try:
            model.predict(contents)
        finally:
            sys.setprofile(None)
            size = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            gc.enable()
    return calls, values, size


def check_evaluation(case: Case, run: seqnlp.Run) -> None:
    """Check that evaluation on the dev data equals the metrics of training."""
    scores = seqnlp.evaluate(run.model, case.dev)
    assert json.loads(json.dumps(scores.to_dict())) == run.metrics["dev"]
    assert str(scores)


def check_mistakes(case: Case, run: seqnlp.Run) -> None:
    """Check that the mistakes of an evaluation are JSON values with two sides that differ, and a page."""
    mistakes = seqnlp.evaluate(run.model, case.dev).mistakes
    for mistake in mistakes:
        values = json.loads(json.dumps(mistake.to_dict(), allow_nan=False))
        assert [*values][:3] == ["text", "gold", "predicted"]
        assert values["gold"] != values["predicted"]
    assert len(list(write_page(mistakes, "Mistakes"))) == len(mistakes) + 2


def check_export(case: Case, run: seqnlp.Run) -> None:
    """Check that export writes a file with the same predictions."""
    path = seqnlp.export(run.path, case.folder / "again.onnx")
    again = seqnlp.load(path)
    assert type(again) is type(run.model)
    assert _values(again.predict(case.contents)) == _values(run.model.predict(case.contents))


def check_prepared(case: Case, run: seqnlp.Run) -> None:
    """Check that a prepared corpus trains to the same scores in every epoch."""
    directory = case.folder / "prepared"
    named, memory = sort_data({"train": case.train, "dev": case.dev})
    prepare(case.task, load_settings(case.task, dict(case.settings), named), memory).write(
        directory, case.task
    )
    others = {
        name: value for name, value in case.settings.items() if not name.startswith(("data.", "format."))
    }
    again = Case(**{**vars(case), "settings": others}).train_into("from-prepared", prepared=directory)
    assert again.metrics["dev"] == run.metrics["dev"]
    assert [epoch["dev"] for epoch in again.history] == [epoch["dev"] for epoch in run.history]


def check_parity(case: Case, run: seqnlp.Run) -> None:
    """Check that a graph is written for its own network, and not for a network with other weights."""
    network = load_network(run.path / "model.keras", case.task.network())
    prepared = prepare(case.task, _read_settings(case.task, run))
    graph = Graph(onnx.load(run.path / "model.onnx"), run.model.codec)
    path = case.folder / "checked.onnx"
    with patch.object(case.task, "graph", return_value=graph):
        write_network(case.task, [network], prepared, path, {})
        path.unlink()
        random = np.random.default_rng(11)
        for weight in network.trainable_variables:
            weight.assign(weight + random.normal(size=weight.shape))
        with pytest.raises(ParityError):
            write_network(case.task, [network], prepared, path, {})
    assert not path.exists()


def check_start(case: Case, run: seqnlp.Run) -> None:
    """Check that training can start from a run, and needs it only at the start.

    Without any step the new run has the same predictions and scores. A run that was interrupted before its
    first epoch resumes to the same weights as another, after the first run is gone.
    """
    other = shutil.copytree(run.path, case.folder / "other")
    with patch.object(_Loop, "finished", True):
        same = case.train_into("same", other)
    assert [epoch["epoch"] for epoch in same.history] == [0]
    assert same.metrics["dev"] == run.metrics["dev"]
    assert _values(same.model.predict(case.contents)) == _values(run.model.predict(case.contents))
    assert 'start_from = "' in (same.path / "config.toml").read_text(encoding="utf-8")
    assert "## Start" in (same.path / "README.md").read_text(encoding="utf-8")
    trained = case.train_into("started", other, epochs=1)
    with (
        patch.object(TrainingProgress, "epoch", side_effect=KeyboardInterrupt),
        pytest.raises(KeyboardInterrupt),
    ):
        case.train_into("interrupted", other, epochs=1)
    shutil.rmtree(other)
    resumed = seqnlp.train(case.task.name, output=case.folder / "interrupted", resume=True, quiet=True)
    assert [epoch["dev"] for epoch in resumed.history] == [epoch["dev"] for epoch in trained.history]
    weights, again = (
        load_network(each.path / "model.keras", case.task.network()).get_weights()
        for each in (trained, resumed)
    )
    assert all(np.array_equal(one, two) for one, two in zip(weights, again, strict=True))
    path = seqnlp.export(resumed.path, case.folder / "resumed.onnx")
    assert _values(seqnlp.load(path).predict(case.contents)) == _values(trained.model.predict(case.contents))
    assert {path.name for path in resumed.path.iterdir()} == {path.name for path in trained.path.iterdir()}


def check_unknown_settings(case: Case, run: seqnlp.Run) -> None:
    """Check that the message about an unknown setting suggests one, and that nothing is written."""
    output = case.folder / "unknown"
    for name in (*case.settings, "training.epochs"):
        with pytest.raises(seqnlp.ConfigError, match=f"unknown setting {name}x; did you mean {name}?"):
            seqnlp.train(case.task.name, train=case.train, settings={f"{name}x": 1}, output=output)
    assert not output.exists()


CHECKS: Sequence[Callable[[Case, seqnlp.Run], None]] = (
    check_directory,
    check_metrics,
    check_model,
    check_predictions,
    check_pickle,
    check_fork,
    check_scaling,
    check_evaluation,
    check_mistakes,
    check_export,
    check_prepared,
    check_parity,
    check_start,
    check_unknown_settings,
)
"""All checks of a run, in order."""


def assert_close(found: object, expected: object) -> None:
    """Check that two JSON values are equal, except for rounding of numbers."""
    leaves, others = list(_leaves(found)), list(_leaves(expected))
    assert [place for place, _ in leaves] == [place for place, _ in others]
    for (place, one), (_, other) in zip(leaves, others, strict=True):
        same = pytest.approx(other, abs=2e-4) if isinstance(other, float) else other
        assert one == same, place


def _leaves(value: object, place: str = "") -> Iterator[tuple[str, object]]:
    """Yield the values inside lists and objects, each with its path."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _leaves(inner, f"{place}.{name}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _leaves(inner, f"{place}[{number}]")
    else:
        yield place, value


def _values(predictions: Sequence[Any]) -> list[JsonObject]:
    """Return predictions as JSON values."""
    return [json.loads(each.to_json()) for each in predictions]


def _read_settings(task: AnyTask, run: seqnlp.Run) -> Settings:
    """Return the settings of a run."""
    settings: Settings = task.settings().load(run.path / "config.toml")
    return settings
