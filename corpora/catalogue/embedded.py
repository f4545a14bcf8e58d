"""The sample corpora that come with seqnlp."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, ClassVar

_PACKAGE = "seqnlp.corpora.samples"


@dataclass(frozen=True, slots=True)
class EmbeddedSample:
    """A sample corpus: a file for each split inside the package.

    Attributes:
        file: The name of a split's file, such as `ner.{split}.conll`.
        reader: Reads a file.
    """

    file: str
    reader: Callable[[Path], Iterator[Any]]
    splits: ClassVar[tuple[str, ...]] = ("train", "dev", "test")
    aliases: ClassVar[dict[str, str]] = {}
    package: ClassVar[None] = None

    def location(self) -> str:
        """Say where the files are."""
        return str(files(_PACKAGE))

    def read(self, split: str) -> Iterator[Any]:
        """Read a split."""
        with as_file(files(_PACKAGE) / self.file.format(split=split)) as path:
            yield from self.reader(path)
