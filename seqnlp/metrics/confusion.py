"""Which label was taken for which."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

LabelPair: TypeAlias = tuple[str | None, str | None]
"""A gold label and the one predicted in its place; None on the side that has nothing there."""

MISSED = "missed"
SPURIOUS = "spurious"


@dataclass(frozen=True, slots=True)
class Confusion:
    """A table of counts: gold labels in rows, predicted labels in columns.

    Attributes:
        labels: The labels in sorted order, the same for rows and columns.
        counts: int64 [K, K] for tags. For spans [K + 1, K + 1]: the last row counts spurious spans (predicted
            where gold has none of that extent), the last column missed ones (gold where none of that extent
            was predicted).
    """

    labels: tuple[str, ...]
    counts: NDArray[np.int64]

    @classmethod
    def from_tags(cls, pairs: Mapping[LabelPair, int]) -> "Confusion":
        """Build the table of labels that every item has on both sides."""
        labels = _labels(pairs)
        return cls(labels, _table(pairs, labels))

    @classmethod
    def from_spans(cls, pairs: Mapping[LabelPair, int]) -> "Confusion":
        """Build the table of labels of spans, with missed and spurious ones."""
        labels = _labels(pairs)
        return cls(labels, _table(pairs, (*labels, None)))

    @property
    def rows(self) -> tuple[str, ...]:
        """The names of the rows."""
        return self.labels if len(self.counts) == len(self.labels) else (*self.labels, SPURIOUS)

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns."""
        return self.labels if len(self.counts) == len(self.labels) else (*self.labels, MISSED)

    def most_confused(self, count: int) -> "Confusion":
        """Keep the `count` labels with the most errors, in sorted order; spurious and missed stay.

        Errors with the labels left out are left out too.
        """
        size = len(self.labels)
        wrong = self.counts * ~np.eye(len(self.counts), dtype=bool)
        errors = (wrong.sum(axis=0) + wrong.sum(axis=1))[:size]
        kept = np.sort(np.argsort(-errors, kind="stable")[:count])
        places = np.concatenate([kept, np.arange(size, len(self.counts))])
        return Confusion(tuple(self.labels[place] for place in kept), self.counts[np.ix_(places, places)])

    def to_dict(self) -> dict[str, Any]:
        """Return `rows` and `columns`, their names, and `counts`, a list for each row."""
        return {"rows": list(self.rows), "columns": list(self.columns), "counts": self.counts.tolist()}


def _labels(pairs: Mapping[LabelPair, int]) -> tuple[str, ...]:
    return tuple(sorted({label for pair in pairs for label in pair if label is not None}))


def _table(pairs: Mapping[LabelPair, int], names: tuple[str | None, ...]) -> NDArray[np.int64]:
    place = {name: index for index, name in enumerate(names)}
    table = np.zeros((len(names), len(names)), np.int64)
    for (gold, predicted), number in pairs.items():
        table[place[gold], place[predicted]] = number
    return table
