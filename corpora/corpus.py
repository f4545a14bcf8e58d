"""Corpora: records in splits."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Generic, TypeVar

from seqnlp.errors import CorpusError

Record = TypeVar("Record")


class Corpus(Generic[Record]):
    """Records in splits. Each split is read at its first use.

    Args:
        name: The name of the corpus, for messages.
        readers: A function for each split that reads its records.
        aliases: The name of a split for each alternative name, such as `dev` for the published `testa`.
    """

    def __init__(
        self,
        name: str,
        readers: Mapping[str, Callable[[], Iterable[Record]]],
        aliases: Mapping[str, str] | None = None,
    ) -> None:
        self.name = name
        self._readers = readers
        self._aliases = aliases or {}
        self._records: dict[str, Sequence[Record]] = {}

    def __repr__(self) -> str:
        return f"Corpus({self.name!r}, splits={self.splits})"

    @property
    def splits(self) -> tuple[str, ...]:
        """The names of the splits."""
        return tuple(self._readers)

    def split(self, name: str) -> Sequence[Record]:
        """Return the records of a split. They stay in memory.

        Args:
            name: A name of the split.

        Raises:
            CorpusError: The split is unknown.
            DataError: A file of the split cannot be read.
        """
        name = self._aliases.get(name, name)
        if name not in self._readers:
            known = ", ".join([*self._readers, *self._aliases])
            raise CorpusError(f"{self.name} has no split {name!r}; it has {known}")
        if name not in self._records:
            self._records[name] = tuple(self._readers[name]())
        return self._records[name]

    @property
    def train(self) -> Sequence[Record]:
        """The training data."""
        return self.split("train")

    @property
    def dev(self) -> Sequence[Record]:
        """The development data, for early stopping and the choice of settings."""
        return self.split("dev")

    @property
    def test(self) -> Sequence[Record]:
        """The test data, for the final scores."""
        return self.split("test")
