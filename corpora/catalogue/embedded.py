"""The sample corpora that are part of the package."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import as_file, files
from typing import Any, ClassVar

from seqnlp.corpora.formats.reader import AnyReader
from seqnlp.data.format_options import FormatOptions

_PACKAGE = "seqnlp.corpora.samples"


@dataclass(frozen=True, slots=True)
class EmbeddedSample:
    """A sample corpus: one file per split inside the package.

    Attributes:
        file: The file name of a split, such as `ner.{split}.conll`.
        reader: Reads the files.
        options: The options of the reader; None for the defaults.
    """

    file: str
    reader: AnyReader
    options: FormatOptions | None = None
    splits: ClassVar[tuple[str, ...]] = ("train", "dev", "test")
    aliases: ClassVar[dict[str, str]] = {}
    package: ClassVar[None] = None

    def location(self) -> str:
        """Return the folder of the files."""
        return str(files(_PACKAGE))

    def read(self, split: str) -> Iterator[Any]:
        """Read a split."""
        with as_file(files(_PACKAGE) / self.file.format(split=split)) as path:
            yield from self.reader.read(path, self.options)
