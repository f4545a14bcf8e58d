"""Prepared directories, checkpoints and files of finished runs, with changed bytes."""

import hashlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np

import seqnlp
from seqnlp.tasks.prepared import load_prepared
from seqnlp.tasks.registry import get_task
from seqnlp.training.checkpoints import TrainingState, read_checkpoint, write_checkpoint
from seqnlp.training.run_directory import RunDirectory
from tests.fuzz.mutations import mutate_bytes, mutate_json_text, pick


@dataclass(frozen=True)
class PreparedDirectories:
    """Reads a prepared directory with a changed file.

    Attributes:
        directories: Prepared directories by task.
    """

    directories: Mapping[str, Path]

    def __call__(self, random: Random, folder: Path) -> None:
        """Read one changed directory."""
        task, directory = pick(random, self.directories)
        copy = shutil.copytree(directory, folder / "prepared")
        changed = random.choice(sorted(copy.iterdir()))
        _change(random, changed)
        if random.random() < 0.7:
            _correct_checksum(copy / "manifest.json", changed)
        prepared = load_prepared(copy, get_task(task))
        for encoded in prepared.encoded.values():
            _ = encoded.lengths


def _correct_checksum(manifest: Path, changed: Path) -> None:
    """Write the checksum of a changed file into the manifest, so that its content is read."""
    if changed != manifest:
        values = json.loads(manifest.read_text(encoding="utf-8"))
        values["sha256"][changed.name] = hashlib.sha256(changed.read_bytes()).hexdigest()
        manifest.write_text(json.dumps(values), encoding="utf-8")


def read_changed_checkpoint(random: Random, folder: Path) -> None:
    """Read one changed checkpoint."""
    path = folder / "state.npz"
    weights = [np.arange(6, dtype=np.float32).reshape(2, 3), np.float32(0.5)]
    record = {"epoch": 1, "loss": 0.5, "dev": {"f1": 0.25}}
    state = TrainingState(
        epochs=1, variables=weights, optimizer=weights, best=weights, best_epoch=1, history=[record]
    )
    write_checkpoint(path, state)
    path.write_bytes(mutate_bytes(random, path.read_bytes()))
    found = read_checkpoint(path)
    assert (found.epochs, found.history) == (1, [record]), "a change was not noticed"


def open_changed_run(random: Random, folder: Path) -> None:
    """Open one finished run with a changed file, and read its settings."""
    kind = get_task("tagger").settings()
    directory = RunDirectory(folder / "run")
    directory.create(kind().to_toml(), {})
    record = {"epoch": 1, "loss": 0.5, "dev": {"f1": 0.25}, "seconds": 1.5}
    directory.write_history([record, {**record, "epoch": 2}])
    directory.finish({"epochs": 2, "best_epoch": 1, "padding": 0.1, "parameters": 9, "dev": {"f1": 0.25}})
    _change(random, random.choice(sorted(directory.path.iterdir())))
    assert repr(seqnlp.Run(directory.path))
    kind.load(directory.config)


def _change(random: Random, path: Path) -> None:
    if path.suffix == ".json" and random.random() < 0.7:
        text = mutate_json_text(random, path.read_text(encoding="utf-8"))
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
    else:
        path.write_bytes(mutate_bytes(random, path.read_bytes()))
