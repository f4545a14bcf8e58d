"""The sample corpora that come with seqnlp."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import as_file, files
from typing import ClassVar

from seqnlp.corpora.conll import read_conll
from seqnlp.records import TaggedSentence

_PACKAGE = "seqnlp.corpora.samples"


@dataclass(frozen=True, slots=True)
class EmbeddedSample:
    """A sample corpus: the files `NAME.SPLIT.conll` inside the package."""

    name: str
    splits: ClassVar[tuple[str, ...]] = ("train", "dev", "test")
    aliases: ClassVar[dict[str, str]] = {}
    package: ClassVar[None] = None

    def location(self) -> str:
        """Say where the files are."""
        return str(files(_PACKAGE))

    def read(self, split: str) -> Iterator[TaggedSentence]:
        """Read a split."""
        with as_file(files(_PACKAGE) / f"{self.name}.{split}.conll") as path:
            yield from read_conll(path)
