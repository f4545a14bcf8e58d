"""Corpora in the folder that the environment variable `SEQNLP_DATA` names."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from seqnlp.corpora.formats.pairs import PAIRS, PairOptions
from seqnlp.corpora.formats.reader import Reader
from seqnlp.errors import DataError
from seqnlp.records import SentencePair

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
        data = os.environ.get(_VARIABLE)
        if not data:
            raise DataError(f"{_VARIABLE} is not set", self.folder)
        return Path(data) / self.folder
