"""Training that starts from a run with a changed file."""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from unittest.mock import patch
from zipfile import ZipFile

from seqnlp.tasks import training
from seqnlp.tasks.corpus import Data, sort_data
from seqnlp.tasks.registry import get_task
from seqnlp.training.run_directory import RunDirectory
from tests.fuzz.model_files import change_model
from tests.fuzz.mutations import mutate_bytes, mutate_json_text, pick


@dataclass(frozen=True)
class FinishedRun:
    """A run directory, and data on which a run that starts from it can train."""

    path: Path
    data: Mapping[str, Data]


@dataclass(frozen=True)
class StartedRuns:
    """Starts a run from another one with a changed file, up to the first step of training.

    Attributes:
        runs: Finished runs by task.
    """

    runs: Mapping[str, FinishedRun]

    def __call__(self, random: Random, folder: Path) -> None:
        """Start from one changed run."""
        """Start from one changed run."""
        name, run = pick(random, self.runs)
        other = shutil.copytree(run.path, folder / "other")
        changed = random.choice(sorted(CHANGES))
        CHANGES[changed](random, other / changed)
        task = get_task(name)
        named, memory = sort_data(run.data)
        values = {**named, "training.start_from": other}
        settings = training.load_settings(task, None, values, in_memory=bool(memory))
        with patch.object(training, "_train"):
            training.train_run(task, settings, RunDirectory(folder / "run"), memory=memory, quiet=True)


def _change_network(random: Random, path: Path) -> None:
    """Change the configuration of a saved network, or bytes of its file."""
    if random.random() < 0.3:
        path.write_bytes(mutate_bytes(random, path.read_bytes()))
        return
    with ZipFile(path) as file:
        entries = {name: file.read(name) for name in file.namelist()}
    text = mutate_json_text(random, entries["config.json"].decode())
    entries["config.json"] = text.encode("utf-8", "surrogatepass")
    with ZipFile(path, "w") as file:
        for name, content in entries.items():
            file.writestr(name, content)


def _change_model(random: Random, path: Path) -> None:
    path.write_bytes(change_model(random, path))


def _change_text(random: Random, path: Path) -> None:
    path.write_bytes(mutate_bytes(random, path.read_bytes()))


CHANGES: Mapping[str, Callable[[Random, Path], None]] = {
    "config.toml": _change_text,
    "metrics.json": _change_text,
    "model.keras": _change_network,
    "model.onnx": _change_model,
}
"""The changes of files of a run, by name."""
