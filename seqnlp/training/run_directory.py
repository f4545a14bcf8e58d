"""The directory of a run: its settings, its results and, while it runs, its checkpoint."""

import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from seqnlp.errors import ConfigError, DataError
from seqnlp.files import atomic_write_text, is_leftover, remove_leftovers
from seqnlp.strict_json import dump_json
from seqnlp.training.directory_lock import LOCK
from seqnlp.types import JsonObject

_TRAIN_AGAIN = "train again with another --output"


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
        self.corpus = self.checkpoints / "corpus.json"
        self.start = self.checkpoints / "start.json"
        self.start_network = self.checkpoints / "start.keras"

    @property
    def finished(self) -> bool:
        """True if the run is finished. Its metrics are written last."""
        return self.metrics.exists()

    def check_new(self) -> None:
        """Check that a new run can use the directory.

        Raises:
            ConfigError: The directory contains a run or other files, or the path is a file.
        """
        if self.config.exists():
            raise ConfigError(f"{self.path} contains a run; resume it (--resume) or choose another --output")
        check_empty(self.path)

    def create(self, config: str, corpus: JsonObject) -> None:
        """Start a new run in an empty directory.

        Args:
            config: The settings as TOML.
            corpus: The identity of the corpus, with which `--resume` compares its own.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        self.start_again(corpus)
        atomic_write_text(self.config, config)

    def start_again(self, corpus: JsonObject) -> None:
        """Store the corpus of a run without a checkpoint."""
        self.checkpoints.mkdir(exist_ok=True)
        atomic_write_text(self.corpus, dump_json(corpus, indent=1) + "\n")

    def discard(self) -> None:
        """Remove the files of a run that has not finished an epoch."""
        self.config.unlink(missing_ok=True)
        for folder in (self.checkpoints, self.prepared):
            shutil.rmtree(folder, ignore_errors=True)

    def read_corpus(self) -> JsonObject:
        """Return the identity of the corpus of an unfinished run.

        Raises:
            DataError: The file is missing or damaged.
        """
        advice = f"remove {self.checkpoints} and resume, to train from the beginning"
        return _parse_json(_read_text(self.corpus, advice), self.corpus, advice)

    def read_metrics(self) -> JsonObject:
        """Return the metrics of a finished run.

        Raises:
            DataError: The file is damaged.
        """
        advice = "remove it and resume the run (--resume)"
        return _parse_json(_read_text(self.metrics, advice), self.metrics, advice)

    def read_history(self) -> list[dict[str, Any]]:
        """Return the record of each epoch.

        Raises:
            DataError: The file is missing or damaged.
        """
        lines = _read_text(self.history, _TRAIN_AGAIN).splitlines()
        return [dict(_parse_json(line, self.history, _TRAIN_AGAIN)) for line in lines]

    def write_history(self, history: Iterable[JsonObject]) -> None:
        """Write the record of each epoch, one JSON object per line."""
        atomic_write_text(self.history, "".join(dump_json(record) + "\n" for record in history))

    def finish(self, metrics: JsonObject) -> None:
        """Write the metrics, which marks the run as finished, and remove temporary files."""
        atomic_write_text(self.metrics, dump_json(metrics, indent=1) + "\n")
        self.clean()

    @property
    def has_leftovers(self) -> bool:
        """True if a finished run still has temporary files, because it was killed at its end."""
        return self.checkpoints.exists() or any(map(is_leftover, self.path.iterdir()))

    def clean(self) -> None:
        """Remove the temporary files of a finished run."""
        shutil.rmtree(self.checkpoints, ignore_errors=True)
        remove_leftovers(self.path)


def check_empty(directory: Path) -> None:
    """Check that a directory does not exist or is empty.

    The lock of this process and temporary files of killed processes do not count.

    Raises:
        ConfigError: The directory contains files, or the path is a file.
    """
    if directory.exists() and not directory.is_dir():
        raise ConfigError(f"{directory} is a file; choose a directory (--output)")
    if directory.exists() and not all(map(_is_ours, directory.iterdir())):
        raise ConfigError(f"{directory} is not empty; choose another --output")


def _is_ours(path: Path) -> bool:
    return path.name == LOCK or is_leftover(path)


def _read_text(path: Path, advice: str) -> str:
    """Return the content of a file of a run.

    Raises:
        DataError: The file cannot be read or is not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"missing or damaged ({error}); {advice}", path) from error


def _parse_json(text: str, path: Path, advice: str) -> JsonObject:
    """Return the JSON object in a text of a file.

    Raises:
        DataError: The text is not a JSON object.
    """
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DataError(f"damaged ({error}); {advice}", path) from error
    if not isinstance(value, dict):
        raise DataError(f"damaged (not a JSON object); {advice}", path)
    return value
