"""Training: from a corpus to a finished run directory."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from os import PathLike
from pathlib import Path
from typing import Any

from seqnlp.data.batching import padding_share
from seqnlp.errors import ConfigError, DataError, SeqnlpError
from seqnlp.serving.model import AnyModel
from seqnlp.settings import Settings
from seqnlp.tasks.corpus import Data, prepare, sort_data
from seqnlp.tasks.prepared import Prepared, check_same_corpus, prepared_report
from seqnlp.tasks.registry import get_task
from seqnlp.tasks.run import Run
from seqnlp.tasks.start import OtherRun, Start, load_start_settings
from seqnlp.tasks.task import AnyTask
from seqnlp.training.backend import load_tensorflow
from seqnlp.training.directory_lock import lock_directory, output_directory
from seqnlp.training.progress import TrainingProgress
from seqnlp.training.run_directory import RunDirectory
from seqnlp.types import JsonObject

log = logging.getLogger("seqnlp")


def train(
    task: str,
    *,
    train: Data | None = None,
    dev: Data | None = None,
    test: Data | None = None,
    prepared: str | PathLike[str] | None = None,
    settings: JsonObject | str | PathLike[str] | Settings | None = None,
    output: str | PathLike[str] | None = None,
    epochs: int | None = None,
    seed: int | None = None,
    start_from: str | PathLike[str] | None = None,
    resume: bool = False,
    quiet: bool = False,
) -> Run[AnyModel]:
    """Train a model.

    Args:
        task: The name of the task, such as `tagger`.
        train: Training data: a file, a corpus by name, records, or a DataFrame. By default the corpus that
            the settings name, the data of the run in `start_from`, or the embedded sample.
        dev: Data that selects the best epoch; by default a tenth of `train` is held out.
        test: Data that is scored once, after training.
        prepared: A directory written by `seqnlp prepare`, instead of `train`.
        settings: Values by name (`{"network.units": 100}`), a TOML file, or a `Settings` object.
        output: The run directory; by default `runs/TASK-N`.
        epochs: The maximum number of epochs.
        seed: The random seed.
        start_from: The directory of a finished run of the same task. Training starts from its weights, with
            its vocabularies and settings.
        resume: Whether to resume the run in `output` with its own settings and data.
        quiet: Whether to hide the progress.

    Returns:
        The finished run.

    Raises:
        ConfigError: A setting is wrong, or the arguments contradict each other.
        CorpusError: A corpus is unknown or lacks a split.
        DataError: A file is invalid.
        ModelFileError: A file of the run in `start_from` is damaged.
        TypeError: A value in memory cannot be converted to a record.

    Example:
        >>> run = seqnlp.train("tagger", train="train.conll", dev="dev.conll", output="runs/names")
        >>> run.model("Ada Lovelace lived in London.").entities
    """
    chosen = get_task(task)
    named, memory = sort_data({"train": train, "dev": dev, "test": test})
    given = {
        **named,
        "data.prepared": None if prepared is None else Path(prepared),
        "training.epochs": epochs,
        "training.seed": seed,
        "training.start_from": None if start_from is None else Path(start_from),
    }
    values = {key: value for key, value in given.items() if value is not None}
    if resume:
        if start_from is not None:
            raise ConfigError("give start_from or resume, not both: a resumed run has its own weights")
        if output is None or settings or memory or values:
            raise ConfigError("resume uses the settings and data of the run; give output and nothing else")
        return resume_run(chosen, Path(output), quiet=quiet)
    loaded = load_settings(chosen, settings, values, in_memory=bool(memory))
    with output_directory(None if output is None else Path(output), task) as directory:
        train_run(chosen, loaded, RunDirectory(directory), memory=memory, quiet=quiet)
    return Run(directory)


def load_settings(
    task: AnyTask,
    settings: JsonObject | str | PathLike[str] | Settings | None,
    values: JsonObject,
    in_memory: bool = False,
) -> Settings:
    """Load the settings of a task from a mapping, a TOML file or an object, and change some values.

    If they name a run to start from, its settings replace the defaults.

    Args:
        task: The task.
        settings: The settings.
        values: Values by full name, which replace others.
        in_memory: Whether the records are in memory, so that no file is needed.

    Raises:
        ConfigError: A setting is wrong.
        ModelFileError: A file of the run to start from is damaged.
    """
    kind: type[Settings] = task.settings()
    if isinstance(settings, Settings):
        load = partial(kind.load, values={**settings.given(), **values})
    elif settings is None or isinstance(settings, Mapping):
        load = partial(kind.load, values={**(settings or {}), **values})
    else:
        load = partial(kind.load, Path(settings), values=values)
    return load_start_settings(task, load, in_memory)


def resume_run(task: AnyTask, directory: Path, *, quiet: bool = False) -> Run[AnyModel]:
    """Resume a run with its own settings. A finished run is returned unchanged.

    Raises:
        ConfigError: The directory contains no run, or another process uses it.
        DataError: The corpus has changed since the run started, or a file of the run is damaged.
    """
    run = RunDirectory(directory)
    if not run.config.exists():
        raise ConfigError(f"{directory} contains no run to resume")
    if not run.finished:
        train_run(task, task.settings().load_complete(run.config), run, resume=True, quiet=quiet)
    elif run.has_leftovers:
        with lock_directory(directory):
            run.clean()
    return Run(directory)


def train_run(
    task: AnyTask,
    settings: Settings,
    run: RunDirectory,
    *,
    memory: Mapping[str, Iterable[object]] | None = None,
    prepared: Prepared[Any, Any] | None = None,
    resume: bool = False,
    quiet: bool = False,
) -> dict[str, Any]:
    """Train a model into a run directory.

    Args:
        task: The task.
        settings: Its settings.
        run: The directory.
        memory: Records in memory by split, instead of a corpus or files.
        prepared: The prepared corpus, if the caller has it.
        resume: Whether to resume the run in the directory.
        quiet: Whether to hide the progress.

    Returns:
        The content of `metrics.json`.

    Raises:
        ConfigError: The settings contradict each other, the directory contains other files, or another
            process uses it.
        CorpusError: The corpus is unknown or lacks a split.
        DataError: A file is invalid, or the corpus has changed since the run started.
        TrainingError: A number is not finite in the first epoch.
    """
    with lock_directory(run.path):
        if not resume:
            run.check_new()
        try:
            start = Start.restore(task, run) if resume else None
            other = None if start else _open_other(task, settings)
            learn_codec = start.keep_codec if start else other.extend_codec if other else None
            given = prepared
            prepared = given or prepare(task, settings, memory, learn_codec)
            if other and (given or settings.data.prepared):
                other.check_prepared(prepared, settings.data.prepared)
            settings = settings.replace(**prepared.encoding).with_paths(Path.absolute)
            if memory:
                prepared.write(run.prepared, task)
                settings = settings.with_prepared(run.prepared.absolute())
            if other:
                start = other.store(prepared, settings, run)
            _start(run, settings, prepared.identity(task), resume)
            if start:
                prepared = replace(prepared, facts=task.join_facts(start.facts, prepared.facts))
            return _train(task, settings, run, prepared, start, quiet)
        except BaseException as error:
            started = run.config.exists() and not isinstance(error, SeqnlpError)
            if not (resume or started or run.checkpoint.exists()):
                run.discard()
            raise


def _open_other(task: AnyTask, settings: Settings) -> OtherRun | None:
    """Return the run that settings name to start from, or None.

    Raises:
        ConfigError: There is no such run, or the settings contradict it.
        ModelFileError: A file of that run is damaged.
    """
    if settings.training.start_from is None:
        return None
    other = OtherRun.read(task, settings.training.start_from)
    other.check(settings)
    return other


def _start(run: RunDirectory, settings: Settings, corpus: JsonObject, resume: bool) -> None:
    """Start a run, or check that its corpus is still the same.

    Raises:
        DataError: The corpus has changed since the run started, or the description of it is damaged.
    """
    if not resume:
        run.create(settings.to_toml(), corpus)
    elif run.checkpoint.exists():
        check_same_corpus(run.read_corpus(), corpus)
    else:
        log.warning("%s has no checkpoint; training starts again", run.path)
        run.start_again(corpus)


def _train(
    task: AnyTask,
    settings: Settings,
    run: RunDirectory,
    prepared: Prepared[Any, Any],
    start: Start | None,
    quiet: bool,
) -> dict[str, Any]:
    """Train a network, from the beginning or from a checkpoint, and deliver its results."""
    _warn_without_labels(task, prepared)
    load_tensorflow()
    from seqnlp.tasks.delivery import deliver
    from seqnlp.training.loop import fit, make_reproducible
    from seqnlp.training.networks import load_network

    metric = task.metric(prepared.codec, settings)
    make_reproducible(settings.training.seed)
    batches = task.batches(prepared.train, settings)
    if start is None:
        network = task.build_network(prepared, settings)
    else:
        network = load_network(run.start_network, task.network())
    if not network.built:
        inputs, _ = next(batches.batches(0))
        network(inputs)
    prepared = task.precompute(network, prepared, settings, run)
    batches = task.batches(prepared.train, settings)
    with TrainingProgress(metric.name, quiet) as progress:
        progress.show_data(prepared_report(task, prepared, settings))
        progress.show_network(task.describe(network, settings), int(network.count_params()))

        def score() -> dict[str, float]:
            scores = task.dev_scores(network, prepared.codec, prepared.held_out["dev"], batches)
            if metric.name not in scores:
                raise DataError(f"the dev data have no {metric.name}; choose another training.metric")
            return scores

        state = fit(network, batches, score, metric, settings.training, run, progress, start is not None)
    if start is not None and not state.best_epoch:
        log.warning(
            "no epoch had a better dev %s than the weights of %s, which are kept",
            metric.name,
            start.provenance["run"],
        )
    summary = {
        "epochs": state.epochs,
        "best_epoch": state.best_epoch,
        "padding": round(padding_share(batches.plan(0), batches.lengths), 4),
        "parameters": int(network.count_params()),
        "seconds": round(sum(record.get("seconds", 0) for record in state.history), 1),
        **task.finish(network, prepared, batches),
    }
    return deliver(task, network, prepared, settings, run, summary, state, start)


def _warn_without_labels(task: AnyTask, prepared: Prepared[Any, Any]) -> None:
    """Warn if dev cannot select the best epoch, because it has none of the labels."""
    codec, dev = prepared.codec, prepared.held_out["dev"].encoded
    if task.label_counts(codec, prepared.train) and not task.label_counts(codec, dev):
        log.warning(
            "dev has none of the labels of the training data, so its score cannot select the best epoch"
        )
