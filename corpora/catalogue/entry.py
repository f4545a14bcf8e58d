"""An entry of the catalogue, and the protocol of its source."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from seqnlp.corpora.formats.reader import AnyReader
from seqnlp.errors import CorpusError


class Source(Protocol):
    """The source of a corpus."""

    @property
    def splits(self) -> Iterable[str]:
        """The names of the splits."""

    @property
    def aliases(self) -> Mapping[str, str]:
        """The name of a split for each alternative name, such as `dev` for the published `testa`."""

    @property
    def package(self) -> str | None:
        """The NLTK data package to download, or None."""

    @property
    def reader(self) -> AnyReader:
        """The reader for files with the same kind of record."""

    def location(self) -> str | None:
        """Return the location of the files, or None if they are not installed."""

    def read(self, split: str) -> Iterable[Any]:
        """Read the records of a split."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A corpus in the catalogue.

    Attributes:
        task: The name of its task.
        tags: The kind of its tags, labels or targets: `entities`, `chunks`, `pos`, `sentiment`,
            `translations` or `constituents`; `text` if it has none.
        language: The ISO 639-1 code of its language; both codes for translations, such as `en-de`; `zxx` for
            music, which has none.
        description: A description in one sentence.
        split_rule: The origin of its splits.
        licence: The licence that its distributor states.
        source: The source of its records.
        by_hand: How to install it; None if `seqnlp corpora download` can fetch it or if it is embedded.
    """

    task: str
    tags: str
    language: str
    description: str
    split_rule: str
    licence: str
    source: Source
    by_hand: str | None = None

    @property
    def reader(self) -> AnyReader:
        """The reader for files with the same kind of record."""
        return self.source.reader

    def installed(self) -> bool:
        """Return whether the corpus can be read. It cannot if it is damaged or NLTK is missing."""
        try:
            return self.source.location() is not None
        except CorpusError:
            return False
