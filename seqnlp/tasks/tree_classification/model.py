"""Tree classifiers in use: trees in, a label for each of their nodes out."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from seqnlp.errors import DataError
from seqnlp.records import ParseTree
from seqnlp.serving.contents import list_contents
from seqnlp.serving.model import Model
from seqnlp.serving.signature import Signature, Value
from seqnlp.serving.softmax import softmax
from seqnlp.serving.workers import Workers
from seqnlp.tasks.tree_classification.codec import TreeCodec
from seqnlp.tasks.tree_classification.prediction import LabelledTree
from seqnlp.text.vocabulary import UNKNOWN
from seqnlp.trees.binary import BinaryTree, binarize_numbered
from seqnlp.trees.brackets import BracketError, parse_tree
from seqnlp.trees.frontier import Frontier
from seqnlp.trees.groups import make_batches
from seqnlp.trees.levels import Forest
from seqnlp.types import Floats

POSITIONS = 2048
"""Maximum number of words of a batch. In large batches, many nodes share the fixed cost of a level."""

Result = TypeVar("Result")


@dataclass(frozen=True, repr=False)
class TreeClassifier(Model[TreeCodec, str | ParseTree, LabelledTree]):
    """Labels the nodes of trees with a model file.

    Example:
        >>> classifier = seqnlp.TreeClassifier.load("runs/sst")
        >>> classifier("(x (x lovely) (x film))").label
        '4'
    """

    task = "tree-classifier"
    codec_class = TreeCodec

    @classmethod
    def signature(cls, codec: TreeCodec, outputs: Collection[str]) -> Signature:
        """Return the inputs and outputs of a tree classifier's graph. The example is a tree of two words."""
        positions = {
            "left": [0],
            "right": [1],
            "used": [],
            "kept": [],
            "bounds": [[0, 0, 0, 0], [2, 1, 0, 0]],
        }
        inputs = {name: Value("int64", (name,)) for name in positions}
        return Signature(
            inputs={"words": Value("int32", ("words",)), **inputs, "bounds": Value("int64", ("bounds", 4))},
            outputs={"logits": Value("float32", ("nodes", len(codec.labels)))},
            derived={"nodes": lambda sizes: sizes["words"] + sizes["left"]},
            example={
                "words": np.array([UNKNOWN, len(codec.words) - 1], np.int32),
                **{name: np.array(values, np.int64) for name, values in positions.items()},
            },
        )

    @cached_property
    def _workers(self) -> Workers:
        return Workers(self.file, self.threads)

    def predict(self, contents: Iterable[str | ParseTree]) -> list[LabelledTree]:
        """Label trees. One call with many trees is faster than one call per tree.

        Args:
            contents: Trees, as records or as text in brackets. Their labels are ignored.

        Returns:
            The trees with predicted labels.

        Raises:
            DataError: A text is not a tree.
            TypeError: A single text is given, or one of them is not a tree.

        Example:
            >>> [labelled.label for labelled in classifier.predict(["(x (x dull) (x film))", "(x lovely)"])]
            ['0', '4']
        """
        trees = [_parse(place, tree) for place, tree in enumerate(list_contents(contents))]
        sizes = [len(tree.words) for tree in trees]
        return self._gather(sizes, lambda rows, alone: self._label([trees[row] for row in rows], alone))

    def probabilities(self, trees: Sequence[BinaryTree]) -> Floats:
        """Return the probabilities of all labels for all nodes, float32 [nodes, labels]."""

        def compute(rows: Sequence[int], alone: bool) -> list[Floats]:
            batch = [trees[row] for row in rows]
            bounds = np.cumsum([len(tree.chains) for tree in batch])[:-1]
            return np.split(self._compute(batch, alone), bounds)

        found = self._gather([len(tree.words) for tree in trees], compute)
        return np.concatenate([np.zeros((0, len(self.codec.labels)), np.float32), *found])

    def _gather(
        self, sizes: Sequence[int], compute: Callable[[Sequence[int], bool], Sequence[Result]]
    ) -> list[Result]:
        """Compute trees in batches of similar size, on all threads.

        Args:
            sizes: The number of words of each tree.
            compute: Takes the numbers of the trees of a batch and whether it is the only batch, and returns
                the result of each tree.

        Returns:
            The results of all trees.
        """
        words = np.asarray(sizes, np.int64)
        order = np.argsort(-words, kind="stable")  # the last batch, which is not full, has the smallest trees
        groups = [batch.rows.tolist() for batch in make_batches(words, order, POSITIONS)]
        if len(groups) == 1:
            return list(compute(range(len(sizes)), True))
        return self._workers.gather(lambda group: compute(group, False), groups)

    def _label(self, trees: Sequence[ParseTree], alone: bool) -> list[LabelledTree]:
        """Label the trees of a batch."""
        binary, numbers = zip(*map(binarize_numbered, trees), strict=True)
        probabilities = self._compute(binary, alone)
        kept: list[int] = []
        ends, first = [0], 0
        for tree, nodes in zip(binary, numbers, strict=True):
            end = first + len(tree.chains)
            kept += dict.fromkeys([end - 1, *(first + node for node in nodes)])
            ends.append(len(kept))
            first = end
        best = probabilities[kept].argmax(axis=1)
        labels = self._names[best].tolist()
        scores = probabilities[kept, best].tolist()
        return [
            LabelledTree(tree, tuple(labels[first:last]), tuple(scores[first:last]))
            for tree, (first, last) in zip(trees, pairwise(ends), strict=True)
        ]

    @cached_property
    def _names(self) -> NDArray[np.object_]:
        return np.array(self.codec.labels.entries, object)

    def _compute(self, trees: Sequence[BinaryTree], alone: bool) -> Floats:
        """Return the probabilities of the labels of all nodes of a batch, float32 [nodes, labels]."""
        forest = Forest.from_trees(trees)
        frontier = Frontier.from_forest(forest, np.arange(len(trees)))
        inputs = {"words": self.codec.word_ids(trees)[frontier.words], **frontier.to_arrays()}
        (logits,) = self.file.run(["logits"], inputs, self._workers.session(alone))
        ordered = np.empty_like(logits)
        ordered[frontier.nodes] = logits
        return softmax(ordered)


def _parse(place: int, content: str | ParseTree) -> ParseTree:
    if isinstance(content, ParseTree):
        return content
    if not isinstance(content, str):
        raise TypeError(f"item {place} is not a tree: {content!r}"[:100])
    try:
        return parse_tree(enumerate(content.split("\n"), 1))
    except BracketError as error:
        raise DataError(f"item {place}: {error}") from None
