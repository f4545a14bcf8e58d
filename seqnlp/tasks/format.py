"""Format options for the files that a model reads: those of its training, unless others are given."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from seqnlp.corpora import stop
from seqnlp.data.format_options import FormatOptions
from seqnlp.errors import ConfigError, DataError
from seqnlp.serving.model import AnyModel
from seqnlp.serving.model_file import reading_metadata
from seqnlp.tasks.task import AnyTask
from seqnlp.types import JsonObject

_BEGINNING = 20  # records


@dataclass(frozen=True, slots=True)
class TrainedFormat:
    """The format of the training files of a model.

    Attributes:
        name: The format that the settings named, or that the ending selected. None if it is unknown.
        named: Whether the settings named it.
        endings: The endings of the training files.
    """

    name: str | None
    named: bool
    endings: frozenset[str]

    def reads(self, path: Path) -> bool:
        """Return whether the settings named the format, for files with the ending of this one."""
        return self.named and _ending(path.name) in self.endings


def format_options(task: AnyTask, model: AnyModel, given: Mapping[str, Any], path: Path | None = None) -> Any:
    """Return the options for reading files for a model.

    A format that the training named is used for files whose ending is that of the training files. The format
    of the training files is also used for endings that select none. An option of the user replaces the stored
    ones that contradict it.

    Args:
        task: The task of the model.
        model: The model. It stores the options with which its training files were read.
        given: The options of the user, by name.
        path: The corpus file to read, if there is one.

    Raises:
        ModelFileError: The options in the model file are damaged.
    """
    stored = _stored_options(task, model)
    stored.pop("format", None)
    options = _combine(task, stored, given)
    if options.format is not None or path is None:
        return options
    trained = trained_format(task, model)
    by_ending = task.reader().knows(path, options) and not trained.reads(path)
    return options if by_ending else _combine(task, {**stored, "format": trained.name}, given)


def trained_format(task: AnyTask, model: AnyModel) -> TrainedFormat:
    """Return the format of the training files of a model.

    Raises:
        ModelFileError: The options in the model file are damaged.
    """
    stored = _stored_options(task, model)
    named = stored.get("format")
    files = _training_files(model.file.metadata.get("provenance", {}))
    endings = frozenset(map(_ending, files))
    name = named
    if named is None and files:
        name = corpus_format(task, task.reader().options(**stored), Path(files[0]))
    return TrainedFormat(name, named is not None, endings)


def corpus_format(task: AnyTask, options: Any, path: Path) -> str | None:
    """Return the name of the format in which a corpus file is read, or None if its ending selects none."""
    try:
        return task.reader().format_of(path, options)
    except ConfigError:
        return None


def recognizes(task: AnyTask, model: AnyModel, options: Any, path: Path) -> bool:
    """Return whether the first 20 records of a file can be read, and are gold data for a model.

    Args:
        task: The task of the model.
        model: The model.
        options: The format options for the file.
        path: The file.
    """
    try:
        records = list(islice(task.reader().read(path, options, stop), _BEGINNING))
        return bool(records) and task.is_gold(records, model, options)
    except (ConfigError, DataError):
        return False


def _combine(task: AnyTask, stored: Mapping[str, Any], given: Mapping[str, Any]) -> Any:
    """Return the options of a training, with those of the user in their place."""
    kind: type[FormatOptions] = task.reader().options
    left_out = kind.contradicted(stored, given)
    return kind(**{**{name: value for name, value in stored.items() if name not in left_out}, **given})


def _stored_options(task: AnyTask, model: AnyModel) -> dict[str, Any]:
    with reading_metadata(model.file):
        kind: type[FormatOptions] = task.reader().options
        return kind.read_stored(model.file.spec.get("format", {}))


def _training_files(provenance: JsonObject) -> list[str]:
    """Return the names of the training files; none if the data were in memory or a corpus by name."""
    match provenance:
        case {"data": {"train": dict(files)}}:
            return [str(name) for name in files]
    return []


def _ending(name: str) -> str:
    return Path(name.lower().removesuffix(".gz")).suffix
