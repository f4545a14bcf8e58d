"""Training: from a corpus to a finished run directory."""

import json
import logging
import platform
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import cached_property
from importlib.metadata import version
from os import PathLike
from pathlib import Path
from statistics import mean, stdev
from typing import Any

from seqnlp import __version__
from seqnlp.data.batching import padding_share
from seqnlp.errors import ConfigError
from seqnlp.files import write_text_whole, written_whole
from seqnlp.tasks.corpus import Data, sort_data
from seqnlp.tasks.task import Task, load_settings, task_named
from seqnlp.training.backend import load_tensorflow
from seqnlp.training.model_card import model_card
from seqnlp.training.plots import plot_history
from seqnlp.training.progress import TrainingProgress
from seqnlp.training.run_directory import RunDirectory, free_directory
from seqnlp.types import JsonObject, Network

log = logging.getLogger("seqnlp")


class Run:
    """A finished run.

    Args:
        path: Its directory.

    Attributes:
        path: Its directory.
        metrics: The content of `metrics.json`; `metrics["dev"]` has the scores on dev.
        history: One record per epoch.

    Raises:
        ConfigError: The directory contains no finished run.

    Example:
        >>> run = seqnlp.train("tagger", epochs=18, output="runs/sample")
        >>> run.model("Ada Lovelace lived in London.").entities
    """

    def __init__(self, path: str | PathLike[str]) -> None:
        directory = RunDirectory(Path(path))
        if not directory.finished:
            raise ConfigError(f"{directory.path} is not a finished run")
        self.path = directory.path
        self.metrics = directory.read_metrics()
        self.history = directory.read_history()

    @cached_property
    def model(self) -> Any:
        """The exported model, loaded for prediction."""
        from seqnlp.serving.models import load

        return load(self.path)

    def __repr__(self) -> str:
        return f"Run({str(self.path)!r}, best_epoch={self.metrics['best_epoch']})"


def train(
    task: str,
    *,
    train: Data | None = None,
    dev: Data | None = None,
    test: Data | None = None,
    prepared: str | PathLike[str] | None = None,
    settings: JsonObject | str | PathLike[str] | None = None,
    output: str | PathLike[str] | None = None,
    epochs: int | None = None,
    seed: int | None = None,
    resume: bool = False,
    quiet: bool = False,
) -> Run:
    """Train a model.

    Args:
        task: The name of the task: `tagger`, `classifier`, `translator`, `parser` or `tree-classifier`.
        train: Training data: a file, a corpus by name, records, or a pandas DataFrame. By default the corpus
            that the settings name, or the embedded sample.
        dev: Data that selects the best epoch. By default every tenth training record is held out.
        test: Data that is scored once, after training.
        prepared: A directory from `seqnlp prepare`, instead of `train`, `dev` and `test`.
        settings: Values by name, such as `{"network.units": 100}`, or a TOML file.
        output: The run directory; by default `runs/TASK-N`.
        epochs: The maximum number of epochs.
        seed: The random seed.
        resume: Whether to resume the run in `output`, with its own settings and data.
        quiet: Show no progress.

    Returns:
        The finished run.

    Raises:
        ConfigError: A setting is wrong, or the arguments contradict each other.
        CorpusError: A corpus is unknown or not installed.
        DataError: The data are invalid.
        TypeError: A value in memory cannot be converted to a record.

    Example:
        >>> run = seqnlp.train("classifier", train=[("great film", "good"), ("two dull hours", "bad"), …])
        >>> run.metrics["dev"]["accuracy"]
    """
    named, memory = sort_data({"train": train, "dev": dev, "test": test})
    values = {
        **named,
        "data.prepared": None if prepared is None else Path(prepared),
        "training.epochs": epochs,
        "training.seed": seed,
    }
    if resume:
        if output is None or settings or memory or any(value is not None for value in values.values()):
            raise ConfigError("resume uses the settings and data of the run; give output and nothing else")
        return resume_run(task, Path(output), quiet=quiet)
    if settings is None or isinstance(settings, Mapping):
        loaded = load_settings(task, values={**(settings or {}), **values})
    else:
        loaded = load_settings(task, Path(settings), values=values)
    directory = Path(output) if output is not None else free_directory(Path("runs"), task)
    train_run(task_named(task), loaded, RunDirectory(directory), memory=memory, quiet=quiet)
    return Run(directory)


def resume_run(task: str, directory: Path, *, quiet: bool = False) -> Run:
    """Resume a run with its own settings and data. A finished run is returned as it is.

    Raises:
        ConfigError: The directory contains no run.
    """
    run = RunDirectory(directory)
    if not run.config.exists():
        raise ConfigError(f"{directory} contains no run to resume")
    if not run.finished:
        if not run.checkpoint.exists():
            log.warning("%s has no checkpoint; training starts again", directory)
        train_run(task_named(task), load_settings(task, run.config), run, resume=True, quiet=quiet)
    return Run(directory)


def cross_validate(
    task: str,
    output: Path,
    folds: int,
    *,
    config: Path | None = None,
    overrides: Iterable[str] | None = None,
    values: JsonObject | None = None,
    quiet: bool = False,
) -> dict[str, Any]:
    """Train and score a model on each fold. Finished folds are kept.

    Args:
        task: The name of a task whose data settings have `folds` and `fold`.
        output: The directory of the runs `fold-1`, `fold-2`, … and of their `metrics.json`.
        folds: The number of folds.
        config: As for `load_settings`.
        overrides: As for `load_settings`.
        values: As for `load_settings`.
        quiet: Show no progress.

    Returns:
        The test scores of each fold, their mean and their standard deviation.

    Raises:
        ConfigError: A fold was started with other settings.
    """
    chosen = task_named(task)
    scores = []
    for number in range(1, folds + 1):
        fold = {**(values or {}), "data.folds": folds, "data.fold": number}
        settings = load_settings(task, config, overrides, fold)
        run = RunDirectory(output / f"fold-{number}")
        started = run.config.exists()
        if started and run.config.read_text(encoding="utf-8") != settings.to_toml():
            raise ConfigError(f"{run.path} was started with other settings; choose another --output")
        if not run.finished:
            log.info("fold %d of %d", number, folds)
            train_run(chosen, settings, run, resume=started, quiet=quiet)
        scores.append(run.read_metrics()["test"])
    metrics = _summarise(scores)
    write_text_whole(output / "metrics.json", json.dumps(metrics, indent=1) + "\n")
    figures = (
        f"{name} {value:.4f} ± {metrics['standard_deviation'][name]:.4f}"
        for name, value in metrics["mean"].items()
    )
    log.info("%d folds: %s", folds, ", ".join(figures))
    return metrics


def _summarise(scores: list[dict[str, Any]]) -> dict[str, Any]:
    names = [name for name, value in scores[0].items() if isinstance(value, float)]
    columns = {name: [score[name] for score in scores] for name in names}
    return {
        "folds": [{name: score[name] for name in names} for score in scores],
        "mean": {name: mean(column) for name, column in columns.items()},
        "standard_deviation": {name: stdev(column) for name, column in columns.items()},
    }


def records_of(task: Task, values: Iterable[object], settings: Any) -> list[Any]:
    """Convert values in memory, such as pairs or the rows of a DataFrame, to records.

    Raises:
        TypeError: A value cannot be converted.
    """
    to_dict = getattr(values, "to_dict", None)  # a DataFrame, without importing pandas
    rows: Iterable[object] = values if to_dict is None else to_dict("records")
    return [task.record(value, settings) for value in rows]


def train_run(
    task: Task,
    settings: Any,
    run: RunDirectory,
    *,
    memory: Mapping[str, Iterable[object]] | None = None,
    prepared: Any = None,
    resume: bool = False,
    quiet: bool = False,
) -> dict[str, Any]:
    """Train a model into a run directory.

    Args:
        task: The task.
        settings: Its settings.
        run: The directory.
        memory: Values in memory by split, instead of a corpus or files. The run directory then contains the
            prepared corpus, so that the run can be resumed and exported.
        prepared: The prepared corpus, if the caller has it.
        resume: Whether to resume the run in the directory.
        quiet: Show no progress.

    Returns:
        The content of `metrics.json`.
    """
    if not resume:
        run.check_new()
    if memory:
        records = {name: records_of(task, values, settings) for name, values in memory.items()}
        prepared = task.prepare(settings, records)
        prepared.write(run.prepared)
        settings = settings.with_prepared(run.prepared)
    prepared = prepared or task.prepare(settings)
    settings = settings.model_copy(update={"text": prepared.text})
    if resume:
        run.resume()
    else:
        run.create(settings.to_toml())
    load_tensorflow()
    from seqnlp.training.loop import fit, make_reproducible

    training, metric = settings.training, task.metric(prepared, settings)
    make_reproducible(training.seed)
    batches = task.batches(prepared, settings)
    network = task.network(prepared, settings)
    with TrainingProgress(metric.name, quiet) as progress:
        scorer = task.scorer(network, prepared, batches)
        state = fit(network, batches, scorer, metric, training, run, progress)
    summary = {
        "epochs": state.epochs,
        "best_epoch": state.best_epoch,
        "padding": round(padding_share(batches.plan(0), batches.lengths), 4),
        "parameters": int(network.count_params()),
        "seconds": round(sum(record["seconds"] for record in state.history), 1),
        **task.finish(network, prepared, batches),
    }
    return _deliver(task, network, prepared, settings, run, summary, state.history)


def _deliver(
    task: Task,
    network: Network,
    prepared: Any,
    settings: Any,
    run: RunDirectory,
    summary: dict[str, Any],
    history: list[Any],
) -> dict[str, Any]:
    """Export the network, score the file as it will be served, and write the results."""
    metric = task.metric(prepared, settings)
    provenance = {
        "seqnlp": __version__,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "data": dict(prepared.source),
        "settings": settings.to_dict(),
        "training": summary,
        "scores": {"dev": history[summary["best_epoch"] - 1]["dev"]},
        "versions": _versions(),
    }
    task.export(network, prepared, run.model, {"spec": prepared.spec, "provenance": provenance})
    with written_whole(run.network) as temporary:
        network.save(temporary)
    scores = task.scores(run.model, prepared)
    metrics = {**summary, **{name: each.to_dict() for name, each in scores.items()}}
    plot_history(history, run.curve, metric)
    pictures = {"Training": run.curve, **task.draw(scores, prepared, run)}
    card = model_card(task.name, task.describe(network, settings), provenance, metrics, metric.name, pictures)
    write_text_whole(run.card, card)
    run.finish(metrics)
    figures = ", ".join(f"{name} {metric.name} {metrics[name][metric.name]:.4f}" for name in scores)
    log.info("%s: %s", run.model, figures)
    return metrics


def _versions() -> dict[str, str]:
    """Return the versions that a model was made with."""
    packages = ("tensorflow", "keras", "tf2onnx", "onnx", "onnxruntime", "numpy")
    return {
        "python": platform.python_version(),
        "platform": f"{sys.platform} {platform.machine()}",
        **{package: version(package) for package in packages},
    }
