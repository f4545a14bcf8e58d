"""A directory with what training needs of a corpus: arrays to be mapped into memory, the rest as JSON."""

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
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


def of_parts(parts: Mapping[str, Mapping[str, NDArray[Any]]]) -> dict[str, NDArray[Any]]:
    """The arrays of parts of a corpus, named as `Contents` has them."""
    return {f"{part}.{name}": array for part, arrays in parts.items() for name, array in arrays.items()}


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


class PreparedCorpus(ABC):
    """A corpus ready for training, in memory or in a directory.

    Attributes:
        task: What it is to train.
    """

    task: ClassVar[str]

    @abstractmethod
    def contents(self) -> Contents:
        """All there is to write."""

    @classmethod
    @abstractmethod
    def restored(cls, contents: Contents) -> Self:
        """Restore what `contents` gave."""

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
