"""Corpora in the folder that the environment variable `SEQNLP_DATA` names."""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import ClassVar

from seqnlp.corpora.formats.documents import DOCUMENTS, DocumentOptions
from seqnlp.corpora.formats.pairs import PAIRS, PairOptions
from seqnlp.corpora.formats.reader import Reader
from seqnlp.errors import DataError
from seqnlp.records import Document, Origin, SentencePair

_VARIABLE = "SEQNLP_DATA"


@dataclass(frozen=True, slots=True)
class AlignedFiles:
    """A subfolder of the data folder, with two aligned files per split.

    Attributes:
        folder: The name of the subfolder.
        pair: The file endings of source and target, such as `en-de`.
        splits: The file names without ending, by split. They are also names of the splits.
    """

    folder: str
    pair: str
    splits: Mapping[str, str]
    package: ClassVar[None] = None
    reader: ClassVar[Reader[SentencePair, PairOptions]] = PAIRS

    @property
    def aliases(self) -> Mapping[str, str]:
        """The name of a split for each alternative name."""
        return {stem: split for split, stem in self.splits.items() if stem != split}

    def location(self) -> str | None:
        """Return the folder of the files, or None if one is missing."""
        try:
            for stem in self.splits.values():
                PAIRS.files(self._path() / stem, PairOptions(pair=self.pair))
        except DataError:
            return None
        return str(self._path())

    def read(self, split: str) -> Iterator[SentencePair]:
        """Read a split.

        Raises:
            DataError: A file cannot be read.
        """
        return PAIRS.read(self._path() / self.splits[split], PairOptions(pair=self.pair))

    def _path(self) -> Path:
        return _path(self.folder)


@dataclass(frozen=True, slots=True)
class TextFile:
    """A text file in the data folder. Each split is one document: a range of the characters of the file.

    Attributes:
        file: The name of the file, with that of its subfolder.
        splits: The start and the end of the range of each split, in percent. The end is exclusive.
    """

    file: str
    splits: Mapping[str, tuple[int, int]]
    aliases: ClassVar[dict[str, str]] = {}
    package: ClassVar[None] = None
    reader: ClassVar[Reader[Document, DocumentOptions]] = DOCUMENTS

    def location(self) -> str | None:
        """Return the folder of the file, or None if the file is missing."""
        return _folder_of(self.file)

    def read(self, split: str) -> Iterator[Document]:
        """Read a split.

        Raises:
            DataError: The file cannot be read.
        """
        for document in DOCUMENTS.read(_path(self.file)):
            text = document.text
            start, end = (len(text) * percent // 100 for percent in self.splits[split])
            origin = Origin(str(_path(self.file)), 1 + text.count("\n", 0, start))
            yield Document(text[start:end], origin)


@dataclass(frozen=True, slots=True)
class TextLines:
    """A text file in the data folder whose lines are documents. The number of a document selects its split.

    Attributes:
        file: The name of the file, with that of its subfolder.
        interval: Number of consecutive documents of which the last but one is dev and the last is test.
    """

    file: str
    interval: int
    splits: ClassVar[tuple[str, ...]] = ("train", "dev", "test")
    aliases: ClassVar[dict[str, str]] = {}
    package: ClassVar[None] = None
    reader: ClassVar[Reader[Document, DocumentOptions]] = DOCUMENTS

    def location(self) -> str | None:
        """Return the folder of the file, or None if the file is missing."""
        return _folder_of(self.file)

    def read(self, split: str) -> Iterator[Document]:
        """Read a split.

        Raises:
            DataError: The file cannot be read.
        """
        documents = DOCUMENTS.read(_path(self.file), DocumentOptions(document="line"))
        return _every(documents, self.interval, split)


@dataclass(frozen=True, slots=True)
class TuneFolder:
    """A folder of tunes in ABC notation in the data folder. The number of a tune selects its split.

    Attributes:
        folder: The name of the folder, with that of the folder that contains it.
        interval: Number of consecutive tunes of which the last but one is dev and the last is test.
    """

    folder: str
    interval: int
    splits: ClassVar[tuple[str, ...]] = ("train", "dev", "test")
    aliases: ClassVar[dict[str, str]] = {}
    package: ClassVar[None] = None
    reader: ClassVar[Reader[Document, DocumentOptions]] = DOCUMENTS

    def location(self) -> str | None:
        """Return the folder, or None if it has no tunes."""
        try:
            path = _path(self.folder)
        except DataError:
            return None
        return str(path) if any(path.glob("*.abc")) else None

    def read(self, split: str) -> Iterator[Document]:
        """Read a split.

        Raises:
            DataError: A file cannot be read.
        """
        files = sorted(_path(self.folder).glob("*.abc"))
        return _every(chain.from_iterable(map(DOCUMENTS.read, files)), self.interval, split)


def _every(documents: Iterable[Document], interval: int, split: str) -> Iterator[Document]:
    """Yield the documents of a split. The last two of each interval are dev and test."""
    held_out = {interval - 2: "dev", interval - 1: "test"}
    for number, document in enumerate(documents):
        if held_out.get(number % interval, "train") == split:
            yield document


def _path(name: str) -> Path:
    """Return the path of a file or folder in the data folder."""
    data = os.environ.get(_VARIABLE)
    if not data:
        raise DataError(f"{_VARIABLE} is not set", name)
    return Path(data) / name


def _folder_of(file: str) -> str | None:
    try:
        path = _path(file)
    except DataError:
        return None
    return str(path.parent) if path.is_file() else None
