"""The base class of summaries."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Generic, Self, TypeVar

from seqnlp.types import JsonObject

_EXAMPLES = 3
_LONGEST_EXAMPLE = 200  # characters

Record = TypeVar("Record")


class Summary(Generic[Record]):
    """Count records in one pass and in constant memory.

    Attributes:
        records: The number of records that can be used.
        examples: The first records as text.
    """

    def __init__(self) -> None:
        self.records = 0
        self.examples: list[str] = []

    def count(self, records: Iterable[Record]) -> Self:
        """Count records, and return the summary."""
        for _ in self.counting(records):
            pass
        return self

    def counting(self, records: Iterable[Record]) -> Iterator[Record]:
        """Count records, and yield each of them."""
        for record in records:
            if len(self.examples) < _EXAMPLES:
                self.examples.append(self.show(record)[:_LONGEST_EXAMPLE])
            self.add(record)
            yield record

    def add(self, record: Record) -> None:
        """Count a record."""
        self.records += 1

    @staticmethod
    def show(record: Record) -> str:
        """Return a record as text in one line."""
        return str(record)

    @property
    def figures(self) -> JsonObject:
        """Numbers by name, possibly nested, as JSON values. At least one record is needed."""
        return {"records": self.records}

    @property
    def warnings(self) -> Sequence[str]:
        """Warnings about the records, complete after `count`."""
        return ()

    @property
    def counts(self) -> Mapping[str, Counter[str]]:
        """The count of each label, by kind of label."""
        return {}
