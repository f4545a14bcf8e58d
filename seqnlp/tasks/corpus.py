"""The corpus that the settings of a run name, opened."""

import hashlib
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from os import PathLike
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from seqnlp.corpora import Problems, entry, known, load
from seqnlp.corpora.corpus import Corpus
from seqnlp.corpora.held_out import hold_out
from seqnlp.corpora.problems import OnError, stop
from seqnlp.data.prepared import PreparedCorpus
from seqnlp.errors import ConfigError
from seqnlp.settings import DataSettings

log = logging.getLogger("seqnlp")

SPLITS = ("train", "dev", "test")

PreparedT = TypeVar("PreparedT", bound=PreparedCorpus)
Read = Callable[[str, Path, OnError], Iterable[Any]]
"""Reads the file of a split."""
Memory = Mapping[str, Sequence[Any]]
"""Records in memory by split."""
Data: TypeAlias = str | PathLike[str] | Iterable[object]
"""A file, a corpus by name, values in memory, or a pandas DataFrame with named columns."""


@dataclass(frozen=True)
class CorpusSource:
    """A corpus and what is to be known of where it came from.

    Attributes:
        corpus: Its records in splits; `test` may be missing.
        published: Whether it is one of the catalogue, whose small faults are known and read as `conlleval`
            does.
        description: For the model card: the name, or the files with their checksums.
        problems: Collects what is skipped; None where the first problem stops.
    """

    corpus: Corpus[Any]
    published: bool
    description: Mapping[str, Any]
    problems: Problems | None

    @property
    def on_error(self) -> OnError:
        """What a problem does."""
        return stop if self.problems is None else self.problems


def open_corpus(
    data: DataSettings, task: str, sample: str | None, read: Read, memory: Memory | None = None
) -> CorpusSource:
    """Open the corpus of a run: records in memory, files, a corpus by name, or the embedded sample.

    Args:
        data: The settings.
        task: The name of the task.
        sample: The name of the task's embedded sample; None if there is none.
        read: Reads a file as the settings say.
        memory: Records by split, instead of a corpus or files.

    Raises:
        ConfigError: A corpus and files are both given, `train` is missing, there is no sample, or the corpus
            is for another task.
        CorpusError: The corpus is unknown.
        DataError: There are too few training records to hold out dev data.
    """
    files = {name: path for name in SPLITS if (path := getattr(data, name)) is not None}
    if data.corpus is not None and files:
        raise ConfigError(f"give --corpus or --{next(iter(files))}, not both")
    if memory is not None:
        readers = {name: partial(tuple, records) for name, records in memory.items()}
        counts = {name: len(records) for name, records in memory.items()}
        return _with_dev(
            CorpusSource(Corpus("the data in memory", readers), False, {"records": counts}, None)
        )
    if files:
        return _with_dev(_open_files(data, files, read))
    name = data.corpus or sample
    if name is None:
        raise ConfigError(f"the task {task} has no sample corpus; give --train FILE")
    corpus = load(name)
    if entry(name).task != task:
        raise ConfigError(f"{name} is a corpus for the task {entry(name).task}, not for {task}")
    return CorpusSource(corpus, True, {"corpus": name}, None)


def _open_files(data: DataSettings, files: Mapping[str, Path], read: Read) -> CorpusSource:
    if "train" not in files:
        raise ConfigError("--train is missing")
    problems = Problems() if data.on_error == "skip" else None
    readers = {
        name: partial(read, name, path, stop if problems is None else problems)
        for name, path in files.items()
    }
    description = {name: {"file": path.name, "sha256": checksum(path)} for name, path in files.items()}
    return CorpusSource(Corpus("the corpus", readers), False, description, problems)


def _with_dev(source: CorpusSource) -> CorpusSource:
    """Hold out dev data from the training data if there is none."""
    if "dev" in source.corpus.splits:
        return source
    records = source.corpus.split("train")
    train, dev = hold_out(records)
    log.info("no dev data: %s of %s training records are held out", f"{len(dev):,}", f"{len(records):,}")
    readers: dict[str, Callable[[], Sequence[Any]]]
    readers = {"train": partial(tuple, train), "dev": partial(tuple, dev)}
    readers |= {name: partial(source.corpus.split, name) for name in source.corpus.splits if name != "train"}
    description = {**source.description, "dev": f"{len(dev):,} records held out from train"}
    return replace(source, corpus=Corpus(source.corpus.name, readers), description=description)


def sort_data(data: Mapping[str, Data | None]) -> tuple[dict[str, Any], dict[str, Iterable[object]]]:
    """Sort the data of splits into settings (a corpus, files) and values in memory.

    Args:
        data: By split: a file, a corpus by name, values in memory, or None.

    Returns:
        The settings by full name, and the values by split.

    Raises:
        ConfigError: Corpora, files and values are mixed, or `train` is missing.
    """
    settings: dict[str, Any] = {}
    memory: dict[str, Iterable[object]] = {}
    for split, source in data.items():
        if isinstance(source, str) and not Path(source).exists() and source in known():
            if split != "train":
                raise ConfigError(f"{split}={source!r}: name a corpus as train; it has its own splits")
            settings["data.corpus"] = source
        elif isinstance(source, str | PathLike):
            settings[f"data.{split}"] = Path(source)
        elif source is not None:
            memory[split] = source
    if memory and (settings or "train" not in memory):
        raise ConfigError("train is missing" if not settings else "give files or records, not both")
    return settings, memory


def read_prepared(settings: Any, kind: type[PreparedT]) -> PreparedT:
    """Read the prepared directory that the settings name.

    Args:
        settings: The settings of a run.
        kind: What the task prepares; it has `read`.

    Raises:
        ConfigError: Something else is said of the data, or a setting of `text` is not that of the directory.
        DataError: A file is missing or changed, or the directory was not made for the task.
    """
    data, text = settings.data, settings.text
    for name, field in type(data).model_fields.items():
        if name != "prepared" and getattr(data, name) != field.default:
            raise ConfigError(f"give --prepared or data.{name}, not both: a prepared corpus is read as it is")
    prepared = kind.read(data.prepared)
    for name in text.model_fields_set:
        given, made = getattr(text, name), getattr(prepared.text, name)
        if given != made:
            raise ConfigError(f"text.{name} is {made!r} in {data.prepared}; prepare it again for {given!r}")
    return prepared


def checksum(path: Path) -> str | None:
    """The checksum of a file; None where it cannot be read, which reading it will say better."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None
