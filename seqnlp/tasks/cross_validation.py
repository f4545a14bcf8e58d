"""Cross-validation: one run per fold, and the mean of their scores."""

import logging
from collections.abc import Sequence
from pathlib import Path
from statistics import mean, stdev
from typing import Any

from seqnlp.errors import ConfigError
from seqnlp.files import atomic_write_text
from seqnlp.settings import Settings
from seqnlp.strict_json import dump_json
from seqnlp.tasks.task import AnyTask
from seqnlp.tasks.training import train_run
from seqnlp.training.directory_lock import lock_directory
from seqnlp.training.run_directory import RunDirectory, check_empty
from seqnlp.types import JsonObject

log = logging.getLogger("seqnlp")


def cross_validate(
    task: AnyTask, settings: Settings, output: Path, folds: int, *, quiet: bool = False
) -> dict[str, Any]:
    """Train and score a model on each fold. Finished folds are not trained again.

    Args:
        task: The task.
        settings: Its settings.
        output: The directory of the runs `fold-1`, `fold-2`, … and of their `metrics.json`.
        folds: The number of folds.
        quiet: Whether to hide the progress.

    Returns:
        The test scores of each fold, their mean and their standard deviation.

    Raises:
        ConfigError: A fold was started with other settings, the directory contains other files, or another
            process uses it.
    """
    with lock_directory(output):
        if not RunDirectory(output / "fold-1").config.exists():
            check_empty(output)
        scores = [
            _train_fold(
                task,
                settings.replace(data={"folds": folds, "fold": number}).with_paths(Path.absolute),
                RunDirectory(output / f"fold-{number}"),
                quiet,
            )
            for number in range(1, folds + 1)
        ]
        metrics = _summarize_folds(scores)
        atomic_write_text(output / "metrics.json", dump_json(metrics, indent=1) + "\n")
    figures = (
        f"{name} {value:.4f} ± {metrics['standard_deviation'][name]:.4f}"
        for name, value in metrics["mean"].items()
    )
    log.info("%d folds: %s", folds, ", ".join(figures))
    return metrics


def _train_fold(task: AnyTask, settings: Settings, run: RunDirectory, quiet: bool) -> JsonObject:
    """Train on a fold, resume its run, or read its results. Return the scores on test.

    Raises:
        ConfigError: The fold was started with other settings.
    """
    started = run.config.exists()
    if started and run.config.read_text(encoding="utf-8") != settings.to_toml():
        raise ConfigError(f"{run.path} was started with other settings; choose another --output")
    if not run.finished:
        log.info("fold %d of %d", settings.data.fold, settings.data.folds)
        train_run(task, settings, run, resume=started, quiet=quiet)
    scores: JsonObject = run.read_metrics()["test"]
    return scores


def _summarize_folds(scores: Sequence[JsonObject]) -> dict[str, Any]:
    """Return the scores of all folds, their mean and their standard deviation."""
    names = [name for name, value in scores[0].items() if isinstance(value, float)]
    columns = {name: [score[name] for score in scores] for name in names}
    return {
        "folds": [{name: score[name] for name in names} for score in scores],
        "mean": {name: mean(column) for name, column in columns.items()},
        "standard_deviation": {name: stdev(column) for name, column in columns.items()},
    }
