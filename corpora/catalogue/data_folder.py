"""Corpora that the user puts where the environment variable `SEQNLP_DATA` says."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from seqnlp.corpora.formats.aligned import aligned_files, read_aligned
from seqnlp.errors import DataError
from seqnlp.records import SentencePair

_VARIABLE = "SEQNLP_DATA"


@dataclass(frozen=True, slots=True)
class AlignedFiles:
    """A folder inside the one that `SEQNLP_DATA` names, with two files for each split, line by line.

    Attributes:
        folder: Its name.
        pair: The endings of source and target: `en-de`.
        splits: What the names of each split's files begin with; that is another name of the split, too.
    """

    folder: str
    pair: str
    splits: Mapping[str, str]
    package: ClassVar[None] = None

    @property
    def aliases(self) -> Mapping[str, str]:
        """Further names of splits."""
        return {stem: split for split, stem in self.splits.items() if stem != split}

    def location(self) -> str | None:
        """Say where the files are; None if one is missing."""
        try:
            for split in self.splits:
                self._files(split)
        except DataError:
            return None
        return str(self._path())

    def read(self, split: str) -> Iterator[SentencePair]:
        """Read a split.

        Raises:
            DataError: A file of it cannot be read.
        """
        return read_aligned(*self._files(split))

    def _files(self, split: str) -> tuple[str, str]:
        return aligned_files(self._path() / self.splits[split], self.pair)

    def _path(self) -> Path:
        data = os.environ.get(_VARIABLE)
        if not data:
            raise DataError(f"{_VARIABLE} names no folder", self.folder)
        return Path(data) / self.folder
