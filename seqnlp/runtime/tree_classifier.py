"""A tree classifier in use: trees in, a label for each of their nodes out."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqnlp.batching import Batch
from seqnlp.brackets import BracketError, parsed
from seqnlp.errors import DataError
from seqnlp.records import ParseTree, Span
from seqnlp.runtime.labelled_tree import LabelledTree
from seqnlp.runtime.opened import Opened
from seqnlp.runtime.workers import Workers
from seqnlp.trees.batches import batches_of
from seqnlp.trees.binary import BinaryTree, binarised
from seqnlp.trees.codec import Encoded, TreeCodec
from seqnlp.trees.frontier import Frontier

POSITIONS = 1024
"""Words of a batch."""

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class TreeClassifier(Opened):
    """Labels the nodes of trees with a model file."""

    task = "tree-classifier"
    codec_class = TreeCodec

    codec: TreeCodec

    @cached_property
    def _workers(self) -> Workers:
        return Workers(self.file, self.threads)

    def __call__(self, tree: str | ParseTree) -> LabelledTree:
        """Label the nodes of a tree."""
        return self.predict([tree])[0]

    def predict(self, trees: Sequence[str | ParseTree]) -> list[LabelledTree]:
        """Label several trees at once, which is faster than one after the other.

        Args:
            trees: The trees, as they are or as text in brackets; what their nodes are labelled with does not
                matter.

        Returns:
            The trees with the labels that were found.

        Raises:
            DataError: A text is no tree.
        """
        binary = [binarised(_read(tree) if isinstance(tree, str) else tree) for tree in trees]
        probabilities = self.probabilities(binary)
        chosen = probabilities.argmax(axis=1)
        scores = probabilities[np.arange(len(chosen)), chosen].tolist()
        entries = self.codec.labels.entries
        labels = [entries[number] for number in chosen.tolist()]
        ends = np.cumsum([len(tree.chains) for tree in binary]).tolist()
        return [
            _labelled(tree, labels[end - len(tree.chains) : end], scores[end - len(tree.chains) : end])
            for tree, end in zip(binary, ends, strict=True)
        ]

    def probabilities(self, trees: Sequence[BinaryTree]) -> Floats:
        """The probabilities of the labels of all nodes, [nodes, labels], tree after tree."""
        if not trees:
            return np.zeros((0, len(self.codec.labels)), np.float32)
        encoded = self.codec.trees(trees)
        order = np.argsort(encoded.forest.tallest, kind="stable")
        batches = list(batches_of(encoded.forest, order, POSITIONS))
        session = self._workers.session(len(batches) == 1)

        def compute(batch: Batch) -> tuple[Frontier, Floats]:
            frontier, given = _inputs(encoded, batch)
            return frontier, session.run(["logits"], given)[0]

        found = np.empty((len(encoded.labels), len(self.codec.labels)), np.float32)
        for frontier, logits in self._workers.map(compute, batches):
            found[frontier.nodes] = logits
        powers = np.exp(found - found.max(axis=1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def _read(text: str) -> ParseTree:
    try:
        return parsed(enumerate(text.splitlines(), 1))
    except BracketError as error:
        raise DataError(f"{text!r}: {error}") from None


def _inputs(encoded: Encoded, batch: Batch) -> tuple[Frontier, dict[str, NDArray[Any]]]:
    frontier = Frontier.of(encoded.forest, batch.rows)
    return frontier, {"words": encoded.words[frontier.words], **frontier.links()}


def _labelled(tree: BinaryTree, labels: Sequence[str], scores: Sequence[float]) -> LabelledTree:
    """A tree with these labels of its nodes; the whole has one even where no node was over it."""
    bounds, whole = tree.bounds(), len(labels) - 1
    nodes = [node for node in tree.preorder() if tree.chains[node] or node == whole]
    spans = tuple(Span(labels[node], *bounds[node]) for node in nodes)
    return LabelledTree(ParseTree(tree.words, spans), tuple(scores[node] for node in nodes))
