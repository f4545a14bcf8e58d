"""Evaluation of a model file on gold data."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import fields
from os import PathLike
from pathlib import Path
from typing import Any

from seqnlp import corpora
from seqnlp.corpora import Problems, stop
from seqnlp.errors import ConfigError, DataError
from seqnlp.metrics.scores import Scores
from seqnlp.serving.model import AnyModel
from seqnlp.serving.predict_options import scored_fields
from seqnlp.tasks.corpus import Data, records_from_memory, warn_of_unknown_labels
from seqnlp.tasks.format import format_options
from seqnlp.tasks.loading import load, task_of
from seqnlp.tasks.task import AnyTask

log = logging.getLogger("seqnlp")


def evaluate(
    model: AnyModel | str | PathLike[str], data: Data, *, on_error: str = "stop", **options: Any
) -> Scores:
    """Score a model on gold data.

    Args:
        model: A model, a model file or a run directory.
        data: A file, a corpus by name (`NAME[:SPLIT]`, by default its test split), records, or a DataFrame.
        on_error: What to do with an invalid record: `stop` or `skip` it.
        options: Options of the file format and of prediction, such as `tag_column=1` or `beam_size=1`. By
            default a file is read the way the training files were read.

    Returns:
        The scores. Each is an attribute; `to_dict` returns them all, and `print` shows tables.

    Raises:
        ConfigError: An option is unknown or wrong.
        CorpusError: The corpus or the split is unknown or not installed.
        DataError: The data are invalid, empty, or do not fit the model.

    Example:
        >>> scores = seqnlp.evaluate("runs/names", "test.conll")
        >>> scores.f1
    """
    opened = load(model) if isinstance(model, str | PathLike) else model
    task = task_of(opened)
    file = Path(data) if isinstance(data, str | PathLike) else None
    form, predict_options = _options(task, opened, options, file)
    problems = Problems() if on_error == "skip" else None
    records, repair = _records(task, data, form, problems or stop)
    examples = task.gold(records, opened, task.resolve(records, form), problems or stop, repair)
    if problems is not None and problems.count:
        log.warning(problems.summary(noun=task.noun))
    if not examples:
        raise DataError(f"no {task.noun} can be used", data if isinstance(data, str | Path) else None)
    warn_of_unknown_labels(task.unknown_labels(opened.codec, examples), "the data")
    return task.evaluate(opened, examples, predict_options)


def gold_files(model: AnyModel, path: Path, options: dict[str, Any]) -> tuple[Path, ...]:
    """Return the files that `evaluate` reads for a path: the path itself, or two aligned files.

    Args:
        model: The model.
        path: The path of the data.
        options: The options of the evaluation.

    Raises:
        ConfigError: An option is unknown or wrong, or the path selects no format.
        DataError: One of two aligned files is missing.
    """
    task = task_of(model)
    form, _ = _options(task, model, options, path)
    return task.reader().files(path, form)


def _options(task: AnyTask, model: AnyModel, options: dict[str, Any], path: Path | None) -> tuple[Any, Any]:
    """Sort options into those of the file format and those of prediction."""
    kind = task.predict_options()
    of_format = {each.name for each in fields(task.reader().options)}
    of_prediction = {each.name for each in scored_fields(kind)}
    for name in options:
        if name not in of_format | of_prediction:
            known = ", ".join(sorted(of_format | of_prediction))
            raise ConfigError(f"unknown option {name!r} of a {task.name}; known options: {known}")
    changed = {name: value for name, value in options.items() if name in of_format}
    predict = kind(**{name: value for name, value in options.items() if name in of_prediction})
    predict.check(model)
    return format_options(task, model, changed, path), predict


def _records(
    task: AnyTask, data: Data, options: Any, on_error: corpora.OnError
) -> tuple[Sequence[Any], bool]:
    """Return the records, and whether they are from a corpus of the catalogue."""
    if isinstance(data, str) and not Path(data).exists() and data.partition(":")[0] in corpora.known():
        name = data.partition(":")[0]
        if corpora.entry(name).task != task.name:
            raise DataError(
                f"contains data for the task {corpora.entry(name).task}, not for {task.name}", data
            )
        return corpora.load_split(data), True
    if isinstance(data, str | PathLike):
        return task.read(Path(data), task.split_options(options, "test"), on_error), False
    values: Iterable[object] = data
    return records_from_memory(task, values, options), False
