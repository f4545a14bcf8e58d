"""Corpora in the folder that the environment variable `SEQNLP_DATA` names."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import ClassVar

from seqnlp.corpora.catalogue.numbering import SPLITS, select_split
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
        return _data_folder() / self.folder


@dataclass(frozen=True, slots=True)
class _TextFiles:
    """Text files in a subfolder of the data folder.

    Attributes:
        files: The subfolder, and the name of a file or a pattern of names, such as `tunes/*.abc`.
    """

    files: str
    aliases: ClassVar[dict[str, str]] = {}
    package: ClassVar[None] = None
    reader: ClassVar[Reader[Document, DocumentOptions]] = DOCUMENTS

    def location(self) -> str | None:
        """Return the folder of the files, or None if there are none."""
        try:
            return str(self._paths()[0].parent)
        except DataError:
            return None

    def _paths(self) -> list[Path]:
        folder = _data_folder()
        paths = sorted(path for path in folder.glob(self.files) if path.is_file())
        if not paths:
            raise DataError("no such file", folder / self.files)
        return paths


@dataclass(frozen=True, slots=True)
class TextFile(_TextFiles):
    """A text file in the data folder. Each split is one document: a range of the characters of the file.

    Attributes:
        splits: The start and the end of the range of each split, in percent. The end is exclusive.
    """

    splits: Mapping[str, tuple[int, int]]

    def read(self, split: str) -> Iterator[Document]:
        """Read a split.

        Raises:
            DataError: The file cannot be read.
        """
        (path,) = self._paths()
        for document in DOCUMENTS.read(path):
            text = document.text
            start, end = (len(text) * percent // 100 for percent in self.splits[split])
            yield Document(text[start:end], Origin(str(path), 1 + text.count("\n", 0, start)))


@dataclass(frozen=True, slots=True)
class NumberedTexts(_TextFiles):
    """Documents in text files in the data folder. The number of a document selects its split.

    Attributes:
        interval: Number of consecutive documents of which the last but one is dev and the last is test.
        options: The options of the reader; None for the defaults.
    """

    interval: int
    options: DocumentOptions | None = None
    splits: ClassVar[tuple[str, ...]] = SPLITS

    def read(self, split: str) -> Iterator[Document]:
        """Read a split.

        Raises:
            DataError: A file cannot be read.
        """
        documents = (DOCUMENTS.read(path, self.options) for path in self._paths())
        return select_split(chain.from_iterable(documents), self.interval, split)


def _data_folder() -> Path:
    data = os.environ.get(_VARIABLE)
    if not data:
        raise DataError(f"{_VARIABLE} is not set")
    return Path(data)
