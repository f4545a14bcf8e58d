"""Prepared corpora: a directory of memory-mapped arrays and JSON files, ready for training."""

import json
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from seqnlp.errors import DataError
from seqnlp.files import atomic_write, atomic_write_text, checksum
from seqnlp.strict_json import dump_json
from seqnlp.types import Array, Arrays, JsonObject

FORMAT = 3
_MANIFEST = "manifest.json"
_ARRAY, _RECORDS, _CODEC = ".npy", ".jsonl", "codec.json"

Corpus = TypeVar("Corpus")


@dataclass(frozen=True)
class Contents:
    """The contents of a directory with a prepared corpus.

    Attributes:
        codec: The codec, as JSON values.
        arrays: Arrays by name. The arrays of a split are named `SPLIT.NAME`.
        records: JSON values by name, written as one value per line. They can be read once.
        facts: Further JSON values by name, such as the settings and the source of the corpus.
    """

    codec: JsonObject
    arrays: Mapping[str, Array]
    records: Mapping[str, Iterable[Any]]
    facts: JsonObject

    def split(self, name: str) -> Arrays:
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
            with atomic_write(path(name + _ARRAY)) as temporary:
                np.save(temporary, array)
        for name, records in contents.records.items():
            with (
                atomic_write(path(name + _RECORDS)) as temporary,
                temporary.open("w", encoding="utf-8") as file,
            ):
                file.writelines(f"{dump_json(each)}\n" for each in records)
        atomic_write_text(path(_CODEC), dump_json(contents.codec))
        checksums = {each.name: checksum(each) for each in sorted(written)}
        manifest = {"format": FORMAT, "task": task, **contents.facts, "sha256": checksums}
        atomic_write_text(path(_MANIFEST), dump_json(manifest, indent=1))
    except BaseException:
        for each in written:
            each.unlink(missing_ok=True)
        raise


def read_prepared(directory: Path, task: str, build: Callable[[Contents], Corpus]) -> Corpus:
    """Read a directory from `write_prepared`. Arrays are memory-mapped.

    Args:
        directory: The directory.
        task: The task to train.
        build: A function that builds the corpus of the task from the contents.

    Returns:
        The result of `build`.

    Raises:
        DataError: A file is missing or has changed, or the directory is for another task, from another
            version, or not from `seqnlp prepare`.
    """
    try:
        manifest = json.loads((directory / _MANIFEST).read_text(encoding="utf-8"))
        found = manifest["format"]
        if found != FORMAT:
            raise DataError(f"format {found} is not supported; run seqnlp prepare again", directory)
        if manifest["task"] != task:
            raise DataError(f"prepared for a {manifest['task']}, not for a {task}", directory)
        for name, expected in manifest["sha256"].items():
            if checksum(directory / name) != expected:
                raise DataError("changed since it was prepared", directory / name)
        return build(
            Contents(
                codec=json.loads((directory / _CODEC).read_text(encoding="utf-8")),
                arrays={
                    name.removesuffix(_ARRAY): _load_array(directory / name)
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


def _load_array(path: Path) -> Array:
    """Return a memory-mapped array.

    Raises:
        ValueError: The file is damaged. NumPy raises errors of many other types, too.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # NumPy takes some damaged files for those of an old version
            array: Array = np.load(path, mmap_mode="r", allow_pickle=False)
    except OSError:
        raise
    except Exception as error:
        raise ValueError(f"{path.name}: {error}") from error
    return array


def _records(path: Path) -> Iterator[Any]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)
