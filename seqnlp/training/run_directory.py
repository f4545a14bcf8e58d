"""The directory of a run: what it was asked, what came out, and, while it goes on, where it stands."""

import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from seqnlp.errors import ConfigError
from seqnlp.files import remove_leftovers, write_text_whole

Json = dict[str, Any]


class RunDirectory:
    """The files of a run by their names.

    Args:
        path: The directory.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.config = path / "config.toml"
        self.model = path / "model.onnx"
        self.network = path / "model.keras"
        self.metrics = path / "metrics.json"
        self.history = path / "history.jsonl"
        self.card = path / "README.md"
        self.curve = path / "training.png"
        self.confusion = path / "confusion.png"
        self.attention = path / "attention.png"
        self.checkpoints = path / "checkpoints"
        self.checkpoint = self.checkpoints / "state.npz"

    @property
    def finished(self) -> bool:
        """Whether the run came to its end; its metrics are written last."""
        return self.metrics.exists()

    def begin(self, config: str) -> None:
        """Make the directory for a new run.

        Args:
            config: The settings, as TOML.

        Raises:
            ConfigError: A run is there already, or the place is taken by a file.
        """
        if self.config.exists():
            raise ConfigError(f"{self.path} holds a run; go on with it (--resume) or choose another --output")
        if self.path.exists() and not self.path.is_dir():
            raise ConfigError(f"{self.path} is a file; a run needs a directory (--output)")
        self.checkpoints.mkdir(parents=True, exist_ok=True)
        write_text_whole(self.config, config)

    def go_on(self) -> None:
        """Make ready to go on with a run; one that has lost its checkpoint begins anew."""
        self.checkpoints.mkdir(exist_ok=True)

    def write_history(self, history: Iterable[Json]) -> None:
        """Write a line an epoch."""
        write_text_whole(self.history, "".join(json.dumps(record) + "\n" for record in history))

    def finish(self, metrics: Json) -> None:
        """Write the metrics, which says that the run is finished, and remove what is no longer needed."""
        write_text_whole(self.metrics, json.dumps(metrics, indent=1) + "\n")
        shutil.rmtree(self.checkpoints, ignore_errors=True)
        remove_leftovers(self.path)


def free_directory(parent: Path, task: str) -> Path:
    """The first of `parent/task-1`, `parent/task-2`, … that does not exist."""
    number = 1
    while (parent / f"{task}-{number}").exists():
        number += 1
    return parent / f"{task}-{number}"


def check_empty(directory: Path) -> None:
    """See that a directory may be written to: it does not exist, or is empty.

    Raises:
        ConfigError: Something is there.
    """
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise ConfigError(f"{directory} exists and is not an empty directory; choose another --output")
