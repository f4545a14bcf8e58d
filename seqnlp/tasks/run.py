"""A finished run: its scores, its history and its model."""

from functools import cached_property
from pathlib import Path
from typing import Generic, cast

from seqnlp.errors import ConfigError
from seqnlp.tasks.task import ModelT
from seqnlp.training.run_directory import RunDirectory


class Run(Generic[ModelT]):
    """A finished run.

    Args:
        path: Its directory.

    Attributes:
        path: Its directory.
        metrics: The content of `metrics.json`; `metrics["dev"]` has the scores on dev.
        history: One record per epoch. If the run started from another one, the first record is epoch 0, with
            the dev scores before training.

    Raises:
        ConfigError: The directory contains no finished run.

    Example:
        >>> run = seqnlp.train("tagger", epochs=2, output="runs/sample")
        >>> round(run.metrics["dev"]["f1"], 2)
        0.57
    """

    def __init__(self, path: Path) -> None:
        directory = RunDirectory(path)
        if not directory.finished:
            raise ConfigError(f"{path} is not a finished run")
        self.path = path
        self.metrics = directory.read_metrics()
        self.history = directory.read_history()

    @cached_property
    def model(self) -> ModelT:
        """The exported model, loaded for prediction."""
        from seqnlp.tasks.loading import load

        return cast("ModelT", load(self.path))

    def __repr__(self) -> str:
        return f"Run({str(self.path)!r}, best_epoch={self.metrics.get('best_epoch')})"
