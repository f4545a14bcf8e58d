"""Scores of the labels of trees' nodes."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from seqnlp.metrics.confusion import Confusion, LabelPair
from seqnlp.metrics.tally import Tally, label_tallies


class TreeScores:
    """Counts right and wrong labels, of whole trees and of all nodes; nodes without a label do not count."""

    def __init__(self) -> None:
        self._trees = 0
        self._wholes: Counter[LabelPair] = Counter()
        self._nodes: Counter[LabelPair] = Counter()

    def add(self, gold: Mapping[tuple[int, int], str], predicted: Mapping[tuple[int, int], str]) -> None:
        """Count a tree.

        Args:
            gold: The true label of each node that has one, by its first word and the word behind its last.
            predicted: The predicted ones, likewise.
        """
        self._trees += 1
        whole = max(predicted, key=lambda bounds: bounds[1] - bounds[0])
        for bounds, label in gold.items():
            pair = label, predicted[bounds]
            self._nodes[pair] += 1
            self._wholes[pair] += bounds == whole

    @property
    def labels(self) -> dict[str, Tally]:
        """The tally of each label of whole trees, in sorted order."""
        return label_tallies(+self._wholes)

    @property
    def confusion(self) -> Confusion:
        """Which label was predicted for which, of whole trees."""
        return Confusion.from_tags(+self._wholes)

    @property
    def accuracy(self) -> float:
        """The share of whole trees whose label is right."""
        return _share(self._wholes)

    @property
    def node_accuracy(self) -> float:
        """The share of all nodes whose label is right, whole trees among them."""
        return _share(self._nodes)

    def to_dict(self) -> dict[str, Any]:
        """Return all scores in the field's names, ready for JSON."""
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
