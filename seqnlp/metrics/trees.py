"""Scores for labels of tree nodes."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from seqnlp.metrics.confusion import Confusion, LabelPair
from seqnlp.metrics.tally import Tally, label_tallies


class TreeScores:
    """Count correct and wrong labels of roots and of all nodes. Nodes without a gold label are ignored."""

    def __init__(self) -> None:
        self._trees = 0
        self._wholes: Counter[LabelPair] = Counter()
        self._nodes: Counter[LabelPair] = Counter()

    def add(self, gold: Mapping[tuple[int, int], str], predicted: Mapping[tuple[int, int], str]) -> None:
        """Add one tree.

        Args:
            gold: The gold label of each labelled node, by its first word and its end (exclusive).
            predicted: The predicted label of every node, with the same keys.
        """
        self._trees += 1
        whole = max(predicted, key=lambda bounds: bounds[1] - bounds[0])
        for bounds, label in gold.items():
            pair = label, predicted[bounds]
            self._nodes[pair] += 1
            self._wholes[pair] += bounds == whole

    @property
    def labels(self) -> dict[str, Tally]:
        """Counts per label of root nodes, in sorted order."""
        return label_tallies(+self._wholes)

    @property
    def confusion(self) -> Confusion:
        """Confusion matrix of root nodes."""
        return Confusion.from_tags(+self._wholes)

    @property
    def accuracy(self) -> float:
        """Fraction of trees whose root label is correct."""
        return _share(self._wholes)

    @property
    def node_accuracy(self) -> float:
        """Fraction of all nodes, including roots, whose label is correct."""
        return _share(self._nodes)

    def to_dict(self) -> dict[str, Any]:
        """Return all scores as JSON values under their standard names."""
        return {
            "accuracy": self.accuracy,
            "node_accuracy": self.node_accuracy,
            "trees": self._trees,
            "labelled_trees": self._wholes.total(),
            "nodes": self._nodes.total(),
            "labels": {label: tally.to_dict() for label, tally in self.labels.items()},
        }


def _share(pairs: Counter[LabelPair]) -> float:
    right = sum(count for (gold, predicted), count in pairs.items() if gold == predicted)
    return right / pairs.total() if pairs.total() else 0.0
