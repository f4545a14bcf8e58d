"""The corpus of a run: read a named corpus, files or records in memory, and encode it for training."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from seqnlp import corpora
from seqnlp.corpora import OnError, Problems, fold, stop
from seqnlp.errors import ConfigError, DataError
from seqnlp.files import checksum
from seqnlp.tasks.prepared import Prepared, Split, load_for_settings
from seqnlp.tasks.task import AnyTask
from seqnlp.types import JsonObject

if TYPE_CHECKING:
    from seqnlp.settings import Settings

log = logging.getLogger("seqnlp")

SPLITS = ("train", "dev", "test")

Data: TypeAlias = str | PathLike[str] | Iterable[object]
"""A file, a corpus by name, records in memory, or a pandas DataFrame with named columns."""


@dataclass(frozen=True)
class Source:
    """The records of a corpus.

    Attributes:
        splits: Records by split: `train`, `dev`, and `test` if there is one.
        description: The source of the records, for the model card.
        repair: Whether to accept the small faults of published corpora.
        problems: Collects the records that are skipped; None to stop at the first problem.
    """

    splits: Mapping[str, Sequence[Any]]
    description: JsonObject
    repair: bool = False
    problems: Problems | None = None

    @property
    def on_error(self) -> OnError:
        """The function that receives each invalid record."""
        return stop if self.problems is None else self.problems


LearnCodec: TypeAlias = Callable[[Sequence[Any], Any], Any]
"""Returns a codec for training examples and settings, such as `Task.learn_codec`."""


def prepare(
    task: AnyTask,
    settings: "Settings",
    memory: Mapping[str, Iterable[object]] | None = None,
    learn_codec: LearnCodec | None = None,
) -> Prepared[Any, Any]:
    """Read and encode a corpus, or read the prepared directory that the settings name.

    Args:
        task: The task.
        settings: Its settings.
        memory: Records in memory by split, instead of a corpus or files.
        learn_codec: Returns the codec; by default the method of the task. A prepared directory has its own.

    Raises:
        ConfigError: The settings contradict each other.
        CorpusError: The corpus is unknown or lacks a split.
        DataError: A file is invalid, or a split has no example.
    """
    if settings.data.prepared is not None:
        if memory:
            raise ConfigError("give a prepared corpus or records, not both")
        prepared = load_for_settings(settings, task)
        task.check(settings.replace(**prepared.encoding))
        return prepared
    task.check(settings)
    source = open_source(task, settings, memory)
    options = task.resolve(source.splits["train"], settings.format)
    settings = settings.model_copy(update={"format": options})
    examples = {
        name: task.examples(records, settings, source.on_error, source.repair)
        for name, records in source.splits.items()
    }
    for name, split in examples.items():
        if not split:
            raise DataError(f"no {task.noun} of {name} can be used")
    if source.problems is not None and source.problems.count:
        log.warning(source.problems.summary(noun=task.noun))
    train = task.training_examples(examples.pop("train"), settings)
    codec = (learn_codec or task.learn_codec)(train, settings)
    encoded, facts = task.encode_training(codec, train, settings)
    for name, split in examples.items():
        warn_of_unknown_labels(task.unknown_labels(codec, split), name)
    sections = settings.encoding_sections & type(settings).model_fields.keys()
    values = settings.to_dict()
    return Prepared(
        codec=codec,
        train=encoded,
        held_out={name: Split(task.encode(codec, split), split) for name, split in examples.items()},
        encoding={section: values[section] for section in sections},
        format_options=asdict(options),
        source=source.description,
        facts=facts,
    )


def sort_data(data: Mapping[str, Data | None]) -> tuple[dict[str, Any], dict[str, Iterable[object]]]:
    """Sort the data of splits into settings (a corpus, files) and records in memory.

    Args:
        data: By split: a file, a corpus by name, records, or None.

    Returns:
        The settings by full name, and the records by split.

    Raises:
        ConfigError: Corpora, files and records are mixed.
    """
    settings: dict[str, Any] = {}
    memory: dict[str, Iterable[object]] = {}
    for split, source in data.items():
        if isinstance(source, str) and not Path(source).exists() and source in corpora.known():
            if split != "train":
                raise ConfigError(f"{split}={source!r}: pass a corpus as train; it has its own splits")
            settings["data.corpus"] = source
        elif isinstance(source, str | PathLike):
            settings[f"data.{split}"] = Path(source)
        elif source is not None:
            memory[split] = source
    if settings and memory:
        raise ConfigError("give files or records, not both")
    if memory and "train" not in memory:
        raise ConfigError("train is missing")
    return settings, memory


def warn_of_unknown_labels(labels: Sequence[str], name: str) -> None:
    """Warn that labels are missing from the training data."""
    for label in labels:
        log.warning("%s: the label %s is missing from the training data; it counts as an error", name, label)


def records_from_memory(task: AnyTask, values: Iterable[object], options: Any) -> list[Any]:
    """Convert values in memory, such as pairs or the rows of a DataFrame, to records.

    Raises:
        TypeError: A value cannot be converted.
    """
    to_dict = getattr(values, "to_dict", None)  # a DataFrame, without importing pandas
    rows: Iterable[object] = values if to_dict is None else to_dict("records")
    return [task.record(value, options) for value in rows]


def read_cell(row: Mapping[str, Any], column: str) -> Any:
    """Return the value of a column of a row in memory, such as a row of a DataFrame.

    Raises:
        ConfigError: The column does not exist. The message lists the existing ones.
    """
    if column not in row:
        known = ", ".join(map(repr, row))
        raise ConfigError(f"no column {column!r} in the data in memory; the columns are {known}")
    return row[column]


def open_source(
    task: AnyTask, settings: "Settings", memory: Mapping[str, Iterable[object]] | None = None
) -> Source:
    """Open the corpus of a run: a corpus by name, files, records in memory, or the embedded sample.

    Args:
        task: The task.
        settings: Its settings.
        memory: Records in memory by split, instead of a corpus or files.

    Returns:
        The records of each split. If there is no dev split, a tenth of the training data is held out.

    Raises:
        ConfigError: The settings contradict each other.
        CorpusError: The corpus is unknown or lacks a split.
        DataError: A file is invalid.
    """
    data = settings.data
    files = {name: path for name in SPLITS if (path := getattr(data, name)) is not None}
    if data.corpus is not None and files:
        raise ConfigError(f"give --corpus or --{next(iter(files))}, not both")
    if memory:
        options = settings.format
        splits = {name: records_from_memory(task, values, options) for name, values in memory.items()}
        source = Source(splits, {"memory": {name: len(records) for name, records in splits.items()}})
    elif files:
        source = _open_files(task, settings, files)
    else:
        source = _open_corpus(task, data.corpus)
    if data.folds is not None:
        return _fold(source, data.fold or 1, data.folds)
    return _with_dev(source, task)


def _open_corpus(task: AnyTask, name: str | None) -> Source:
    """Open a corpus of the catalogue, or the embedded sample."""
    name = name or task.sample
    if name is None:
        raise ConfigError(f"the task {task.name} has no sample corpus; give --train FILE")
    entry, corpus = corpora.entry(name), corpora.load(name)
    if entry.task != task.name:
        raise ConfigError(f"{name} is a corpus for the task {entry.task}, not for {task.name}")
    return Source(
        {each: corpus.split(each) for each in SPLITS if each in corpus.splits}, {"corpus": name}, True
    )


def _open_files(task: AnyTask, settings: "Settings", files: Mapping[str, Path]) -> Source:
    if "train" not in files:
        raise ConfigError("--train is missing")
    problems = Problems() if settings.data.on_error == "skip" else None
    reader, options = task.reader(), settings.format
    splits = {
        name: task.read(path, task.split_options(options, name), problems or stop)
        for name, path in files.items()
    }
    description = {
        name: {file.name: readable_checksum(file) for file in reader.files(path, options)}
        for name, path in files.items()
    }
    return Source(splits, description, problems=problems)


def _fold(source: Source, number: int, count: int) -> Source:
    """Return one fold of all records."""
    records = [record for split in source.splits.values() for record in split]
    corpus = fold(records, number, count)
    description = {**source.description, "fold": f"{number} of {count}"}
    splits = {name: corpus.split(name) for name in corpus.splits}
    return Source(splits, description, source.repair, source.problems)


def _with_dev(source: Source, task: AnyTask) -> Source:
    """Hold out dev data from the training data if there is none."""
    if "dev" in source.splits:
        return source
    train, dev = task.hold_out(source.splits["train"])
    held_out = task.describe_dev(source.splits["train"], dev)
    log.info("no dev data: %s are held out", held_out)
    splits = {**source.splits, "train": train, "dev": dev}
    description = {**source.description, "dev": f"{held_out}, held out"}
    ordered = {name: splits[name] for name in SPLITS if name in splits}
    return Source(ordered, description, source.repair, source.problems)


def readable_checksum(path: Path) -> str | None:
    """Return the checksum of a file, or None if it cannot be read again, such as a pipe."""
    try:
        return checksum(path) if path.is_file() else None
    except OSError:
        return None
