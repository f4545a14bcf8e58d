"""A directory with what training needs of a corpus: arrays to be mapped into memory, the rest as JSON."""

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
    """What a task puts into such a directory.

    Attributes:
        codec: The codec, as JSON values.
        arrays: By name; those of a part of the corpus are named `PART.NAME`.
        records: JSON values by name, one a line.
        facts: Further JSON values by name: settings, where the corpus came from.
    """

    codec: dict[str, Any]
    arrays: Mapping[str, NDArray[Any]]
    records: Mapping[str, Sequence[Any]]
    facts: Mapping[str, Any]

    def part(self, name: str) -> dict[str, NDArray[Any]]:
        """The arrays of a part, without its name."""
        prefix = f"{name}."
        return {
            key.removeprefix(prefix): array for key, array in self.arrays.items() if key.startswith(prefix)
        }


def write_prepared(directory: Path, task: str, contents: Contents) -> None:
    """Write the contents, with checksums; if that fails, nothing is left.

    Args:
        directory: The directory; made if there is none.
        task: What the corpus is to train.
        contents: What to write.
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
    """Read what `write_prepared` wrote; arrays are mapped into memory, not read.

    Args:
        directory: The directory.
        task: What is to be trained.
        restore: Makes the task's corpus of the contents.

    Raises:
        DataError: A file is missing or changed, or the directory was made for another task, by another
            version, or not by `seqnlp prepare`.
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

    What the class of a task has beside these attributes is a fact each, a JSON value.

    Attributes:
        task: What it is to train.
        records: What a held-out part is made of, in the plural.
        codec_class: Restores the codec, `from_spec`.
        train_class: Restores the training part, `of_arrays`; an instance gives `to_arrays`.
        split_class: Restores a held-out part, `restored`; an instance gives `to_arrays`, and `to_records` for
            what scores need as it is.
        text_class: The settings of text.
        codec: Learnt on the training part.
        train: The training part.
        held_out: `dev`, and `test` if there is one.
        text: The settings that it was made with.
        source: What the corpus is, for the model card: its name or its files, with checksums.
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
        """What this class has beside what all have."""
        common = {field.name for field in fields(PreparedCorpus)}
        return [field.name for field in fields(cls) if field.name not in common]

    def contents(self) -> Contents:
        """All there is to write."""
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
        """Restore what `contents` gave."""
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
        """Write everything into a directory, as `write_prepared` does."""
        write_prepared(directory, self.task, self.contents())

    @classmethod
    def read(cls, directory: Path) -> Self:
        """Read what `write` wrote, as `read_prepared` does."""
        return read_prepared(directory, cls.task, cls.restored)


def _records(path: Path) -> list[Any]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
