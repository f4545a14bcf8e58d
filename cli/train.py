"""`seqnlp train`: from labelled text to a run directory with a model.onnx."""

import json
import logging
import platform
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import typer

from seqnlp import __version__
from seqnlp.cli.training_options import (
    Config,
    CorpusName,
    Delimiter,
    DevFile,
    Epochs,
    Folds,
    Format,
    Json,
    LabelColumn,
    LabelSeparator,
    OnError,
    Overrides,
    Pair,
    PreparedDirectory,
    Seed,
    SourceColumn,
    TagColumn,
    TargetColumn,
    TestFile,
    TextColumn,
    TrainFile,
    WordColumn,
    settings_of,
)
from seqnlp.errors import ConfigError
from seqnlp.tasks.task import Task, TaskName, task_named

log = logging.getLogger("seqnlp")


def train(
    task: Annotated[TaskName, typer.Argument(help="What to train.")],
    corpus: CorpusName = None,
    train_file: TrainFile = None,
    dev_file: DevFile = None,
    test_file: TestFile = None,
    prepared: PreparedDirectory = None,
    file_format: Format = None,
    delimiter: Delimiter = None,
    word_column: WordColumn = None,
    tag_column: TagColumn = None,
    text_column: TextColumn = None,
    label_column: LabelColumn = None,
    label_separator: LabelSeparator = None,
    pair: Pair = None,
    source_column: SourceColumn = None,
    target_column: TargetColumn = None,
    folds: Folds = None,
    on_error: OnError = None,
    config: Config = None,
    overrides: Overrides = None,
    output: Annotated[
        Path | None, typer.Option(help="The run directory. Default: runs/TASK-N.", show_default=False)
    ] = None,
    epochs: Epochs = None,
    seed: Seed = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the run in --output.")] = False,
    as_json: Json = False,
) -> None:
    """Train a model on labelled text; without data of your own, on the task's embedded sample.

    The run directory then holds model.onnx, which `seqnlp predict` and any ONNX runtime can use, the
    settings, the scores, a model card and pictures.
    """
    flags = {
        "data.corpus": corpus,
        "data.train": train_file,
        "data.dev": dev_file,
        "data.test": test_file,
        "data.prepared": prepared,
        "data.format": file_format,
        "data.delimiter": delimiter,
        "data.word_column": word_column,
        "data.tag_column": tag_column,
        "data.text_column": text_column,
        "data.label_column": label_column,
        "data.label_separator": label_separator,
        "data.pair": pair,
        "data.source_column": source_column,
        "data.target_column": target_column,
        "data.on_error": on_error,
        "training.epochs": epochs,
        "training.seed": seed,
    }
    if folds is not None:
        from seqnlp.tasks.folds import cross_validate
        from seqnlp.training.run_directory import free_directory

        directory = output or free_directory(Path("runs"), task)
        metrics = cross_validate(task_named(task), config, overrides, flags, directory, folds, quiet=as_json)
    elif resume:
        metrics = resumed(task, output, config, overrides, flags, quiet=as_json)
    else:
        from seqnlp.training.run_directory import RunDirectory, free_directory

        settings = settings_of(task, config, overrides, flags)
        run = RunDirectory(output or free_directory(Path("runs"), task))
        metrics = train_model(task_named(task), settings, run, quiet=as_json)
    if as_json:
        print(json.dumps(metrics))


def resumed(
    task: str, output: Path | None, config: Path | None, overrides: Any, flags: dict[str, Any], quiet: bool
) -> Any:
    """Go on with a run, by the settings that it was begun with.

    Raises:
        ConfigError: There is no run, or new settings are given.
    """
    from seqnlp.training.run_directory import RunDirectory

    if output is None:
        raise ConfigError("--resume needs --output, the directory of the run")
    if config or overrides or any(value is not None for value in flags.values()):
        raise ConfigError("--resume goes on with the settings of the run; give no others")
    run = RunDirectory(output)
    if not run.config.exists():
        raise ConfigError(f"{output} holds no run to go on with")
    if run.finished:
        return json.loads(run.metrics.read_text(encoding="utf-8"))
    if not run.checkpoint.exists():
        log.warning("%s has no checkpoint to go on from: it begins anew", output)
    settings = settings_of(task, run.config, None, {})
    return train_model(task_named(task), settings, run, resume=True, quiet=quiet)


def train_model(
    task: Task, settings: Any, run: Any, resume: bool = False, quiet: bool = False, prepared: Any = None
) -> dict[str, Any]:
    """Train a model.

    Args:
        task: The task.
        settings: The settings of the task.
        run: A `RunDirectory`.
        resume: Whether the directory holds the run already.
        quiet: Show no progress.
        prepared: What the task made of these settings, if that is at hand.

    Returns:
        The scores, as `metrics.json` has them.
    """
    from seqnlp.cli.progress import TrainingProgress
    from seqnlp.data.batching import padding_share

    prepared = prepared or task.prepare(settings)
    settings = settings.model_copy(update={"text": prepared.text})
    if resume:
        run.go_on()
    else:
        run.begin(settings.to_toml())

    from seqnlp.training.backend import load_tensorflow

    load_tensorflow()
    from seqnlp.training.loop import fit, make_reproducible

    training, metric = settings.training, task.metric(prepared, settings)
    make_reproducible(training.seed)
    batches = task.batches(prepared, settings)
    network = task.network(prepared, settings)
    with TrainingProgress(metric, quiet) as progress:
        scorer = task.scorer(network, prepared, batches)
        state = fit(network, batches, scorer, metric, training, run, progress)
    padding = padding_share(batches.plan(0), batches.lengths)
    summary = {
        "epochs": state.epochs,
        "best_epoch": state.best_epoch,
        "padding": round(padding, 4),
        "parameters": int(network.count_params()),
        "seconds": round(sum(record["seconds"] for record in state.history), 1),
        **task.finish(network, prepared, batches),
    }
    return deliver(task, network, prepared, settings, run, summary, state.history)


def deliver(
    task: Task,
    network: Any,
    prepared: Any,
    settings: Any,
    run: Any,
    summary: dict[str, Any],
    history: list[Any],
) -> dict[str, Any]:
    """Export the network, score the file as it will be served, and write what else a run leaves behind."""
    from seqnlp.files import write_text_whole, written_whole
    from seqnlp.training.model_card import model_card
    from seqnlp.training.plots import plot_history

    metric = task.metric(prepared, settings)
    provenance = {
        "seqnlp": __version__,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "data": dict(prepared.source),
        "settings": settings.model_dump(mode="json"),
        "training": summary,
        "scores": {"dev": history[summary["best_epoch"] - 1]["dev"]},
        "versions": versions(),
    }
    metadata = {"spec": prepared.spec, "provenance": provenance}
    task.export(network, prepared, run.model, metadata)
    with written_whole(run.network) as temporary:
        network.save(temporary)

    scores = task.scores(run.model, prepared)
    metrics = {**summary, **{name: each.to_dict() for name, each in scores.items()}}
    plot_history(history, run.curve, score=metric)
    pictures = {"Training": run.curve, **task.draw(scores, prepared, run)}
    card = model_card(task.name, task.describe(network, settings), provenance, metrics, metric, pictures)
    write_text_whole(run.card, card)
    run.finish(metrics)
    figures = ", ".join(f"{name} {metric} {metrics[name][metric]:.4f}" for name in scores)
    log.info("%s: %s", run.model, figures)
    return metrics


def versions() -> dict[str, str]:
    """The versions that a model was made with."""
    packages = ("tensorflow", "keras", "tf2onnx", "onnx", "onnxruntime", "numpy")
    return {
        "python": platform.python_version(),
        "platform": f"{sys.platform} {platform.machine()}",
        **{package: version(package) for package in packages},
    }
