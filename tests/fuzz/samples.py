"""A small model and a prepared directory of each task, for the targets that change them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import seqnlp
from seqnlp.tasks.corpus import prepare, sort_data
from seqnlp.tasks.registry import get_task
from seqnlp.tasks.training import load_settings
from tests.batteries.test_tasks import ARGUMENTS, Arguments
from tests.fuzz.configuring import load_settings as configure
from tests.fuzz.model_files import ModelFiles, Sample
from tests.fuzz.predicting import Predict
from tests.fuzz.reading import read_changed_file
from tests.fuzz.run_files import PreparedDirectories, open_changed_run, read_changed_checkpoint
from tests.fuzz.starting import FinishedRun, StartedRuns
from tests.fuzz.target import Target


@dataclass(frozen=True)
class Samples:
    """Small models and prepared corpora by task.

    Attributes:
        models: Model files, each with inputs that it can predict.
        prepared: Prepared directories.
        runs: Finished runs, from which others can start.
    """

    models: Mapping[str, Sample]
    prepared: Mapping[str, Path]
    runs: Mapping[str, FinishedRun] = field(default_factory=dict)

    def targets(self) -> Mapping[str, Target]:
        """Return all targets by name."""
        return {
            "checkpoints": read_changed_checkpoint,
            "models": ModelFiles(self.models),
            "predict": Predict({name: sample.path for name, sample in self.models.items()}),
            "prepared": PreparedDirectories(self.prepared),
            "readers": read_changed_file,
            "runs": open_changed_run,
            "settings": configure,
            "starts": StartedRuns(self.runs),
        }


def make_samples(folder: Path, tasks: Sequence[str]) -> Samples:
    """Train a small model of each task and prepare its corpus, or use those that the folder contains."""
    return Samples(
        {name: make_model(folder / name, name) for name in tasks},
        {name: make_prepared(folder / name, name) for name in tasks},
        {name: find_run(folder / name, name) for name in tasks},
    )


def make_model(folder: Path, name: str) -> Sample:
    """Train a small model in a folder, unless it contains one."""
    run = folder / "run"
    train, dev, settings, contents = _arguments(folder, name)
    if not (run / "metrics.json").exists():
        seqnlp.train(name, train=train, dev=dev, settings=settings, epochs=1, output=run, quiet=True)
    return Sample(run / "model.onnx", contents)


def find_run(folder: Path, name: str) -> FinishedRun:
    """Return the run of `make_model`, with its data."""
    train, dev, _, _ = _arguments(folder, name)
    return FinishedRun(folder / "run", {"train": train, "dev": dev})


def make_prepared(folder: Path, name: str) -> Path:
    """Prepare a small corpus in a folder, unless it contains one."""
    directory = folder / "prepared"
    train, dev, settings, _ = _arguments(folder, name)
    if not (directory / "manifest.json").exists():
        task = get_task(name)
        files, memory = sort_data({"train": train, "dev": dev})
        prepare(task, load_settings(task, dict(settings), files), memory).write(directory, task)
    return directory


def _arguments(folder: Path, name: str) -> Arguments:
    folder.mkdir(parents=True, exist_ok=True)
    return ARGUMENTS[name](folder)
