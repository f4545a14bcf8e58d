"""A corpus: records in splits, each read when it is first asked for."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Generic, TypeVar

from seqnlp.errors import CorpusError

Record = TypeVar("Record")


class Corpus(Generic[Record]):
    """Records in splits.

    Args:
        name: The corpus' name, for messages.
        readers: Reads the records of each split, by the split's name.
        aliases: Further names of splits, such as the published `testa` for `dev`.
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

    @property
    def splits(self) -> tuple[str, ...]:
        """The names of the splits."""
        return tuple(self._readers)

    def split(self, name: str) -> Sequence[Record]:
        """Give the records of a split; they stay in memory.

        Args:
            name: The split, by one of its names.

        Raises:
            CorpusError: There is no such split.
            DataError: A file of it cannot be read.
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
        """What to learn from."""
        return self.split("train")

    @property
    def dev(self) -> Sequence[Record]:
        """What to choose settings and to stop training by."""
        return self.split("dev")

    @property
    def test(self) -> Sequence[Record]:
        """What to report."""
        return self.split("test")
