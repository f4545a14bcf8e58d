"""A tree classifier in use: trees in, a label for each of their nodes out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqnlp.batching import Batch
from seqnlp.brackets import BracketError, parsed
from seqnlp.classification.choice import OneLabel
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
        given = [_read(tree) if isinstance(tree, str) else tree for tree in trees]
        binary = [binarised(tree) for tree in given]
        probabilities = self.probabilities(binary)
        chosen = probabilities.argmax(axis=1)
        scores = probabilities[np.arange(len(chosen)), chosen].tolist()
        entries = self.codec.labels.entries
        found = zip([entries[number] for number in chosen.tolist()], scores, strict=True)
        return [
            _labelled(tree, {bounds: next(found) for bounds in each.bounds()})
            for tree, each in zip(given, binary, strict=True)
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
        return np.asarray(OneLabel().probabilities(found), np.float32)


def _read(text: str) -> ParseTree:
    try:
        return parsed(enumerate(text.splitlines(), 1))
    except BracketError as error:
        raise DataError(f"{text!r}: {error}") from None


def _inputs(encoded: Encoded, batch: Batch) -> tuple[Frontier, dict[str, NDArray[Any]]]:
    frontier = Frontier.of(encoded.forest, batch.rows)
    return frontier, {"words": encoded.words[frontier.words], **frontier.links()}


def _labelled(tree: ParseTree, found: Mapping[tuple[int, int], tuple[str, float]]) -> LabelledTree:
    """A tree with what was found of each node, by its bounds; the whole has a label even without a node."""
    bounds = dict.fromkeys([(0, len(tree.words)), *((span.start, span.end) for span in tree.spans)])
    spans = tuple([Span(found[each][0], *each) for each in bounds])
    return LabelledTree(ParseTree(tree.words, spans), tuple([found[each][1] for each in bounds]))
