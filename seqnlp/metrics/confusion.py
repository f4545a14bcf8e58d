"""Confusion matrices."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from seqnlp.types import JsonObject

LabelPair: TypeAlias = tuple[str | None, str | None]
"""A gold label and the label predicted in its place. None marks a missing label on that side."""

MISSED = "missed"
SPURIOUS = "spurious"


@dataclass(frozen=True, slots=True)
class Confusion:
    """A confusion matrix: gold labels in rows, predicted labels in columns.

    Attributes:
        labels: The labels in sorted order, the same for rows and columns.
        counts: int64 [K, K] for tags and [K + 1, K + 1] for spans. With spans, the last row counts spurious
            spans (no gold span has the same boundaries). The last column counts missed spans (no predicted
            span has the same boundaries).

    Example:
        >>> Confusion.from_tags({("cat", "cat"): 2, ("cat", "dog"): 1}).counts.tolist()
        [[2, 1], [0, 0]]
    """

    labels: tuple[str, ...]
    counts: NDArray[np.int64]

    @classmethod
    def from_tags(cls, pairs: Mapping[LabelPair, int]) -> "Confusion":
        """Build the matrix for items that have a gold and a predicted label each."""
        labels = _labels(pairs)
        return cls(labels, _table(pairs, labels))

    @classmethod
    def from_spans(cls, pairs: Mapping[LabelPair, int]) -> "Confusion":
        """Build the matrix for spans, with a row for spurious and a column for missed spans."""
        labels = _labels(pairs)
        return cls(labels, _table(pairs, (*labels, None)))

    @property
    def rows(self) -> tuple[str, ...]:
        """Row names."""
        return self.labels if len(self.counts) == len(self.labels) else (*self.labels, SPURIOUS)

    @property
    def columns(self) -> tuple[str, ...]:
        """Column names."""
        return self.labels if len(self.counts) == len(self.labels) else (*self.labels, MISSED)

    def most_confused(self, count: int) -> "Confusion":
        """Return the matrix of the `count` labels with the most errors, in sorted order.

        The row of spurious and the column of missed spans are kept. Errors that involve a dropped label are
        dropped too.
        """
        size = len(self.labels)
        wrong = self.counts * ~np.eye(len(self.counts), dtype=bool)
        errors = (wrong.sum(axis=0) + wrong.sum(axis=1))[:size]
        kept = np.sort(np.argsort(-errors, kind="stable")[:count])
        places = np.concatenate([kept, np.arange(size, len(self.counts))])
        return Confusion(tuple(self.labels[place] for place in kept), self.counts[np.ix_(places, places)])

    def to_dict(self) -> JsonObject:
        """Return the names in `rows` and `columns`, and one list per row in `counts`."""
        return {"rows": list(self.rows), "columns": list(self.columns), "counts": self.counts.tolist()}


def _labels(pairs: Mapping[LabelPair, int]) -> tuple[str, ...]:
    return tuple(sorted({label for pair in pairs for label in pair if label is not None}))


def _table(pairs: Mapping[LabelPair, int], names: tuple[str | None, ...]) -> NDArray[np.int64]:
    place = {name: index for index, name in enumerate(names)}
    table = np.zeros((len(names), len(names)), np.int64)
    for (gold, predicted), number in pairs.items():
        table[place[gold], place[predicted]] = number
    return table
