"""The corpus that the settings of a run name, opened."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from seqnlp.corpora import Problems, entry, load
from seqnlp.corpora.corpus import Corpus
from seqnlp.corpora.problems import OnError, stop
from seqnlp.errors import ConfigError
from seqnlp.settings import DataSettings

Read = Callable[[str, Path, OnError], Iterable[Any]]
"""Reads the file of a split."""


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


def open_corpus(data: DataSettings, task: str, sample: str | None, read: Read) -> CorpusSource:
    """Open the corpus that the settings name; the embedded sample if they name none.

    Args:
        data: The settings.
        task: What is to be trained.
        sample: The name of the task's embedded sample; None if there is none.
        read: Reads a file, as the settings say.

    Raises:
        ConfigError: A corpus and files are both given, or just one of `train` and `dev`, or neither where
            there is no sample, or the corpus is for another task.
        CorpusError: The corpus is unknown.
    """
    files = {name: path for name in ("train", "dev", "test") if (path := getattr(data, name)) is not None}
    if data.corpus is not None and files:
        raise ConfigError(f"give --corpus or --{next(iter(files))}, not both")
    if not files:
        name = data.corpus or sample
        if name is None:
            raise ConfigError(f"there is no sample for a {task}: give --train FILE --dev FILE")
        corpus = load(name)
        if entry(name).task != task:
            raise ConfigError(f"{name} is a corpus for a {entry(name).task}, not for a {task}")
        return CorpusSource(corpus, True, {"corpus": name}, None)
    for name in ("train", "dev"):
        if name not in files:
            raise ConfigError(f"--{name} is missing: training files come with --train FILE --dev FILE")
    problems = Problems() if data.on_error == "skip" else None
    readers = {
        name: partial(read, name, path, stop if problems is None else problems)
        for name, path in files.items()
    }
    description = {name: {"file": path.name, "sha256": checksum(path)} for name, path in files.items()}
    return CorpusSource(Corpus("the corpus", readers), False, description, problems)


def read_prepared(settings: Any, kind: Any) -> Any:
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
