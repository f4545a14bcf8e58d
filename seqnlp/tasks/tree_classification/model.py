"""A tree classifier in use: trees in, a label for each of their nodes out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from seqnlp.errors import DataError
from seqnlp.records import ParseTree
from seqnlp.serving.model import Model, check_items
from seqnlp.serving.workers import Workers
from seqnlp.tasks.classification.choice import OneLabel
from seqnlp.tasks.tree_classification.codec import TreeCodec
from seqnlp.tasks.tree_classification.prediction import LabelledTree
from seqnlp.trees.binary import BinaryTree, numbered
from seqnlp.trees.brackets import BracketError, parsed
from seqnlp.trees.frontier import Frontier
from seqnlp.trees.groups import batches_of
from seqnlp.trees.levels import Forest

POSITIONS = 2048
"""Words of a batch: each level of a batch has a cost of its own, which many nodes should share."""

Floats = NDArray[np.float32]
Result = TypeVar("Result")


@dataclass(frozen=True, repr=False)
class TreeClassifier(Model):
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

    def predict(self, contents: Sequence[str | ParseTree]) -> list[LabelledTree]:
        """Label several trees at once, which is faster than one after the other.

        Args:
            contents: Trees, as records or as text in brackets. Their labels are ignored.

        Returns:
            The trees with the labels that were found.

        Raises:
            DataError: A text is no tree.
        """
        check_items(contents)
        given = [_read(tree) if isinstance(tree, str) else tree for tree in contents]
        sizes = [len(tree.words) for tree in given]
        return self._over(sizes, lambda some, alone: self._labelled(given, some, alone))

    def probabilities(self, trees: Sequence[BinaryTree]) -> Floats:
        """The probabilities of the labels of all nodes, [nodes, labels], tree after tree."""

        def computed(some: Sequence[int], alone: bool) -> list[Floats]:
            chosen = [trees[number] for number in some]
            bounds = np.cumsum([len(tree.chains) for tree in chosen])[:-1]
            return np.split(self._probabilities(chosen, alone), bounds)

        found = self._over([len(tree.words) for tree in trees], computed)
        return np.concatenate([np.zeros((0, len(self.codec.labels)), np.float32), *found])

    def _over(
        self, sizes: Sequence[int], function: Callable[[Sequence[int], bool], Sequence[Result]]
    ) -> list[Result]:
        """Do something for trees of about one size together, on all threads.

        Args:
            sizes: How many words each tree has.
            function: Gives results of some trees, by their numbers, and whether these are all there are.

        Returns:
            The results of all trees.
        """
        words = np.asarray(sizes, np.int64)
        order = np.argsort(-words, kind="stable")  # the last batch, which is not full, is the least
        groups = [batch.rows.tolist() for batch in batches_of(words, order, POSITIONS)]
        if len(groups) == 1:
            return list(function(range(len(sizes)), True))
        return self._workers.gather(lambda group: function(group, False), groups)

    def _labelled(self, given: Sequence[ParseTree], some: Sequence[int], alone: bool) -> list[LabelledTree]:
        """Label some trees."""
        trees = [given[number] for number in some]
        binary, numbers = zip(*map(numbered, trees), strict=True)
        probabilities = self._probabilities(binary, alone)
        kept: list[int] = []
        ends, first = [0], 0
        for tree, nodes in zip(binary, numbers, strict=True):
            behind = first + len(tree.chains)
            kept += dict.fromkeys([behind - 1, *(first + node for node in nodes)])
            ends.append(len(kept))
            first = behind
        chosen = probabilities[kept].argmax(axis=1)
        labels = self._names[chosen].tolist()
        scores = probabilities[kept, chosen].tolist()
        return [
            LabelledTree(tree, tuple(labels[first:last]), tuple(scores[first:last]))
            for tree, (first, last) in zip(trees, pairwise(ends), strict=True)
        ]

    @cached_property
    def _names(self) -> NDArray[np.object_]:
        return np.array(self.codec.labels.entries, object)

    def _probabilities(self, trees: Sequence[BinaryTree], alone: bool) -> Floats:
        """The probabilities of the labels of all nodes of a batch, [nodes, labels]."""
        forest = Forest.of(trees)
        frontier = Frontier.of(forest, np.arange(len(trees)))
        given = {"words": self.codec.words_of(trees)[frontier.words], **frontier.links()}
        (logits,) = self._workers.session(alone).run(["logits"], given)
        found = np.empty_like(logits)
        found[frontier.nodes] = logits
        return np.asarray(OneLabel().probabilities(found), np.float32)


def _read(text: str) -> ParseTree:
    try:
        return parsed(enumerate(text.splitlines(), 1))
    except BracketError as error:
        raise DataError(f"{text!r}: {error}") from None
