"""Cross-validation: a run for each fold, and what they have in common."""

import json
import logging
from pathlib import Path
from statistics import mean, stdev
from typing import Any

from seqnlp.cli.train import train_model
from seqnlp.cli.training_options import settings_of
from seqnlp.tasks.task import Task

log = logging.getLogger("seqnlp")


def cross_validate(
    task: Task,
    config: Path | None,
    overrides: list[str] | None,
    flags: dict[str, Any],
    output: Path,
    folds: int,
    quiet: bool,
) -> dict[str, Any]:
    """Train and score a model on each fold; folds that are finished are not made again.

    Args:
        task: The task; its data settings have `folds` and `fold`.
        config: As for `settings_of`.
        overrides: As for `settings_of`.
        flags: As for `settings_of`.
        output: The directory of the runs: `fold-1`, `fold-2`, … and their `metrics.json`.
        folds: How many.
        quiet: Show no progress.

    Returns:
        What `metrics.json` has: the scores of each fold, their mean and standard deviation.

    Raises:
        ConfigError: A fold was begun with other settings.
    """
    from seqnlp.errors import ConfigError
    from seqnlp.files import write_text_whole
    from seqnlp.training.run_directory import RunDirectory

    scores = []
    for number in range(1, folds + 1):
        settings = settings_of(
            task.name, config, overrides, {**flags, "data.folds": folds, "data.fold": number}
        )
        run = RunDirectory(output / f"fold-{number}")
        begun = run.config.exists()
        if begun and run.config.read_text(encoding="utf-8") != settings.to_toml():
            raise ConfigError(f"{run.path} was begun with other settings; choose another --output")
        if not run.finished:
            log.info("fold %d of %d", number, folds)
            train_model(task, settings, run, resume=begun, quiet=quiet)
        scores.append(json.loads(run.metrics.read_text(encoding="utf-8"))["test"])
    names = [name for name, value in scores[0].items() if isinstance(value, float)]
    columns = {name: [score[name] for score in scores] for name in names}
    metrics: dict[str, Any] = {
        "folds": [{name: score[name] for name in names} for score in scores],
        "mean": {name: mean(column) for name, column in columns.items()},
        "standard_deviation": {name: stdev(column) for name, column in columns.items()},
    }
    write_text_whole(output / "metrics.json", json.dumps(metrics, indent=1) + "\n")
    figures = (
        f"{name} {metrics['mean'][name]:.4f} ± {metrics['standard_deviation'][name]:.4f}" for name in names
    )
    log.info("%d folds: %s", folds, ", ".join(figures))
    return metrics
