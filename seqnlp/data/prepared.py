"""Prepared corpora: a directory of memory-mapped arrays and JSON files, ready for training."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, ClassVar, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from seqnlp.errors import DataError
from seqnlp.files import write_text_whole, written_whole

FORMAT = 1
_MANIFEST = "manifest.json"
_ARRAY, _RECORDS, _CODEC = ".npy", ".jsonl", "codec.json"

Corpus = TypeVar("Corpus")


@dataclass(frozen=True)
class Contents:
    """The contents of a directory with a prepared corpus.

    Attributes:
        codec: The codec, as JSON values.
        arrays: Arrays by name. The arrays of a split are named `SPLIT.NAME`.
        records: Lists of JSON values by name, written as one value per line.
        facts: Further JSON values by name, such as the settings and the source of the corpus.
    """

    codec: dict[str, Any]
    arrays: Mapping[str, NDArray[Any]]
    records: Mapping[str, Sequence[Any]]
    facts: Mapping[str, Any]

    def part(self, name: str) -> dict[str, NDArray[Any]]:
        """Return the arrays of a split, by their names without the prefix."""
        prefix = f"{name}."
        return {
            key.removeprefix(prefix): array for key, array in self.arrays.items() if key.startswith(prefix)
        }


def write_prepared(directory: Path, task: str, contents: Contents) -> None:
    """Write the contents with checksums. If writing fails, all written files are removed.

    Args:
        directory: The directory. Created if it does not exist.
        task: The task of the corpus, such as `tagger`.
        contents: The contents to write.
    """
    directory.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []

    def path(name: str) -> Path:
        written.append(directory / name)
        return written[-1]

    try:
        for name, array in contents.arrays.items():
            with written_whole(path(name + _ARRAY)) as temporary:
                np.save(temporary, array)
        for name, records in contents.records.items():
            write_text_whole(path(name + _RECORDS), "".join(json.dumps(each) + "\n" for each in records))
        write_text_whole(path(_CODEC), json.dumps(contents.codec))
        checksums = {each.name: _checksum(each) for each in sorted(written)}
        manifest = {"format": FORMAT, "task": task, **contents.facts, "sha256": checksums}
        write_text_whole(path(_MANIFEST), json.dumps(manifest, indent=1))
    except BaseException:
        for each in written:
            each.unlink(missing_ok=True)
        raise


def read_prepared(directory: Path, task: str, restore: Callable[[Contents], Corpus]) -> Corpus:
    """Read a directory from `write_prepared`. Arrays are memory-mapped.

    Args:
        directory: The directory.
        task: The task to train.
        restore: A function that builds the corpus of the task from the contents.

    Returns:
        The result of `restore`.

    Raises:
        DataError: A file is missing or has changed, or the directory is for another task, from another
            version, or not from `seqnlp prepare`.
    """
    try:
        manifest = json.loads((directory / _MANIFEST).read_text(encoding="utf-8"))
        if manifest["format"] != FORMAT:
            raise DataError(f"format {manifest['format']} is unknown to this version of seqnlp", directory)
        if manifest["task"] != task:
            raise DataError(f"prepared for a {manifest['task']}, not for a {task}", directory)
        for name, checksum in manifest["sha256"].items():
            if _checksum(directory / name) != checksum:
                raise DataError("changed since it was prepared", directory / name)
        return restore(
            Contents(
                codec=json.loads((directory / _CODEC).read_text(encoding="utf-8")),
                arrays={
                    name.removesuffix(_ARRAY): np.load(directory / name, mmap_mode="r", allow_pickle=False)
                    for name in manifest["sha256"]
                    if name.endswith(_ARRAY)
                },
                records={
                    name.removesuffix(_RECORDS): _records(directory / name)
                    for name in manifest["sha256"]
                    if name.endswith(_RECORDS)
                },
                facts=manifest,
            )
        )
    except OSError as error:
        raise DataError(
            f"{error.strerror}; was it made by seqnlp prepare?", error.filename or directory
        ) from error
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError) as error:
        raise DataError(f"not made by seqnlp prepare, or damaged ({error})", directory) from error


@dataclass(frozen=True)
class PreparedCorpus:
    """A corpus ready for training, in memory or in a directory.

    Subclasses add fields for further facts, which must be JSON values.

    Attributes:
        task: The task to train.
        records: The plural noun for the records of a held-out split, such as `sentences`.
        codec_class: The class of the codec, with `from_spec`.
        train_class: The class of the training split, with `of_arrays` and `to_arrays`.
        split_class: The class of a held-out split, with `restored`, `to_arrays`, and `to_records` for the
            data that scoring needs unchanged.
        text_class: The class of the text settings.
        codec: The codec learnt on the training split.
        train: The encoded training split.
        held_out: The encoded `dev` split, and `test` if there is one.
        text: The text settings used for preparation.
        source: The name or the files of the corpus, with checksums, for the model card.
    """

    task: ClassVar[str]
    records: ClassVar[str]
    codec_class: ClassVar[Any]
    train_class: ClassVar[Any]
    split_class: ClassVar[Any]
    text_class: ClassVar[Any]

    codec: Any
    train: Any
    held_out: Mapping[str, Any]
    text: Any
    source: Mapping[str, Any]

    @classmethod
    def _own(cls) -> list[str]:
        """Return the names of the fields that the subclass adds."""
        common = {field.name for field in fields(PreparedCorpus)}
        return [field.name for field in fields(cls) if field.name not in common]

    def contents(self) -> Contents:
        """Return the contents to write."""
        parts = {"train": self.train, **self.held_out}
        return Contents(
            codec=self.codec.to_spec(),
            arrays={
                f"{part}.{name}": array
                for part, encoded in parts.items()
                for name, array in encoded.to_arrays().items()
            },
            records={f"{name}.{self.records}": split.to_records() for name, split in self.held_out.items()},
            facts={
                "text": self.text.model_dump(),
                "source": self.source,
                "held_out": list(self.held_out),
                **{name: getattr(self, name) for name in self._own()},
            },
        )

    @classmethod
    def restored(cls, contents: Contents) -> Self:
        """Restore a corpus from the result of `contents`."""
        facts = contents.facts
        return cls(
            codec=cls.codec_class.from_spec(contents.codec),
            train=cls.train_class.of_arrays(contents.part("train")),
            held_out={
                name: cls.split_class.restored(contents.part(name), contents.records[f"{name}.{cls.records}"])
                for name in facts["held_out"]
            },
            text=cls.text_class(**facts["text"]),
            source=facts["source"],
            **{name: facts[name] for name in cls._own()},
        )

    def write(self, directory: Path) -> None:
        """Write the corpus to a directory. See `write_prepared`."""
        write_prepared(directory, self.task, self.contents())

    @classmethod
    def read(cls, directory: Path) -> Self:
        """Read a corpus that `write` wrote. See `read_prepared`."""
        return read_prepared(directory, cls.task, cls.restored)


def _records(path: Path) -> list[Any]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
