"""The directory of a run: its settings, its results and, while it runs, its checkpoint."""

import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from seqnlp.errors import ConfigError
from seqnlp.files import atomic_write_text, remove_leftovers
from seqnlp.types import JsonObject


class RunDirectory:
    """The files of a run by name.

    Args:
        path: The directory.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.config = path / "config.toml"
        self.prepared = path / "prepared"
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
        """Whether the run is finished. Its metrics are written last."""
        return self.metrics.exists()

    def check_new(self) -> None:
        """Check that a new run can use the directory.

        Raises:
            ConfigError: The directory contains a run, or the path is a file.
        """
        if self.config.exists():
            raise ConfigError(f"{self.path} contains a run; resume it (--resume) or choose another --output")
        if self.path.exists() and not self.path.is_dir():
            raise ConfigError(f"{self.path} is a file; choose a directory (--output)")

    def create(self, config: str) -> None:
        """Create the directory of a new run.

        Args:
            config: The settings as TOML.

        Raises:
            ConfigError: As for `check_new`.
        """
        self.check_new()
        self.checkpoints.mkdir(parents=True, exist_ok=True)
        atomic_write_text(self.config, config)

    def resume(self) -> None:
        """Prepare to resume a run. A run without a checkpoint starts again."""
        self.checkpoints.mkdir(exist_ok=True)

    def read_metrics(self) -> JsonObject:
        """Return the metrics of a finished run."""
        metrics: dict[str, Any] = json.loads(self.metrics.read_text(encoding="utf-8"))
        return metrics

    def read_history(self) -> list[dict[str, Any]]:
        """Return the record of each epoch."""
        return [json.loads(line) for line in self.history.read_text(encoding="utf-8").splitlines()]

    def write_history(self, history: Iterable[JsonObject]) -> None:
        """Write the record of each epoch, one JSON object per line."""
        atomic_write_text(self.history, "".join(json.dumps(record) + "\n" for record in history))

    def finish(self, metrics: JsonObject) -> None:
        """Write the metrics, which marks the run as finished, and remove temporary files."""
        atomic_write_text(self.metrics, json.dumps(metrics, indent=1) + "\n")
        shutil.rmtree(self.checkpoints, ignore_errors=True)
        remove_leftovers(self.path)


def free_directory(parent: Path, name: str) -> Path:
    """Return the first of `parent/name-1`, `parent/name-2`, … that does not exist."""
    number = 1
    while (parent / f"{name}-{number}").exists():
        number += 1
    return parent / f"{name}-{number}"


def check_empty(directory: Path) -> None:
    """Check that a directory does not exist or is empty.

    Raises:
        ConfigError: The directory contains files, or the path is a file.
    """
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise ConfigError(f"{directory} exists and is not an empty directory; choose another --output")
