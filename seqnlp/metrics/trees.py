"""Scores for labels of tree nodes."""

from collections import Counter
from collections.abc import Mapping

from seqnlp.metrics.confusion import Confusion, LabelPair
from seqnlp.metrics.report import Table
from seqnlp.metrics.scores import Scores
from seqnlp.metrics.tally import Tally, label_tallies, pair_accuracy, tally_table
from seqnlp.types import JsonObject


class TreeScores(Scores):
    """Count correct and incorrect labels of roots and all nodes. Nodes without a gold label are ignored."""

    summary = ("accuracy", "node_accuracy", "trees")

    def __init__(self) -> None:
        self.trees = 0
        self._roots: Counter[LabelPair] = Counter()
        self._nodes: Counter[LabelPair] = Counter()

    def add(self, gold: Mapping[tuple[int, int], str], predicted: Mapping[tuple[int, int], str]) -> None:
        """Add one tree.

        Args:
            gold: The gold label of each labelled node, by its first word and its end (exclusive).
            predicted: The predicted label of every node, with the same keys.
        """
        self.trees += 1
        root = max(predicted, key=lambda bounds: bounds[1] - bounds[0])
        for bounds, label in gold.items():
            pair = label, predicted[bounds]
            self._nodes[pair] += 1
            self._roots[pair] += bounds == root

    @property
    def labels(self) -> dict[str, Tally]:
        """Counts per label of root nodes, in sorted order."""
        return label_tallies(+self._roots)

    @property
    def confusion(self) -> Confusion:
        """Confusion matrix of root nodes."""
        return Confusion.from_tags(+self._roots)

    @property
    def accuracy(self) -> float:
        """Fraction of trees whose root label is correct."""
        return pair_accuracy(self._roots)

    @property
    def node_accuracy(self) -> float:
        """Fraction of all nodes, including roots, whose label is correct."""
        return pair_accuracy(self._nodes)

    def to_dict(self) -> JsonObject:
        """Return all scores as JSON values under their standard names."""
        return {
            "accuracy": self.accuracy,
            "node_accuracy": self.node_accuracy,
            "trees": self.trees,
            "labelled_trees": self._roots.total(),
            "nodes": self._nodes.total(),
            "labels": {label: tally.to_dict() for label, tally in self.labels.items()},
        }

    def blocks(self, figures: JsonObject) -> tuple[Table | str, ...]:
        """Return a table with one row per root label, and a line about all trees and nodes."""
        return (
            tally_table(self.labels),
            f"{self.trees:,} trees, accuracy {self.accuracy:.4f}; "
            f"{figures['nodes']:,} nodes, accuracy {self.node_accuracy:.4f}",
        )
