"""An untrained tree classifier: a real corpus, random weights. It is as fast as a trained one."""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.untrained import Untrained
from benchmarks.weights import save_weights
from seqnlp.corpora import read_trees
from seqnlp.records import ParseTree, Span
from seqnlp.settings import TrainingSettings
from seqnlp.tasks.tree_classification.batches import TreeBatches
from seqnlp.tasks.tree_classification.codec import TreeCodec
from seqnlp.tasks.tree_classification.encoded import EncodedTrees
from seqnlp.text.vocabulary import WordForm
from seqnlp.trees.binary import BinaryTree, binarize

CHECKED = 50
"""Number of trees of the parity check."""
SHAPES = ("balanced", "chain")
LEARNING_RATE, CLIP, DROPOUT = 2e-3, 5.0, 0.5


def synthetic_tree(shape: str, words: int) -> ParseTree:
    """Return a tree over a repeated word: `balanced`, or a right-branching `chain`."""
    spans = []
    waiting = [(0, words)]
    while waiting:
        start, end = waiting.pop()
        spans.append(Span("2", start, end))
        if end - start > 1:
            middle = start + 1 if shape == "chain" else (start + end) // 2
            waiting += [(middle, end), (start, middle)]
    return ParseTree(("film",) * words, tuple(spans))


@dataclass(frozen=True)
class UntrainedTrees(Untrained):
    """The files of an untrained tree classifier. Its corpus is a folder with `train.txt` and `test.txt`.

    Attributes:
        units: Hidden units, and the size of embeddings.
    """

    units: int

    @property
    def codec(self) -> TreeCodec:
        """The codec."""
        return TreeCodec.from_spec(json.loads((self.directory / "codec.json").read_text(encoding="utf-8")))

    @cached_property
    def test(self) -> list[ParseTree]:
        """The trees to label."""
        return list(read_trees(Path(self.corpus, "test.txt")))

    @cached_property
    def train(self) -> list[BinaryTree]:
        """The training trees."""
        return [binarize(tree) for tree in read_trees(Path(self.corpus, "train.txt"))]

    @cached_property
    def encoded(self) -> EncodedTrees:
        """The encoded training trees."""
        return self.codec.encode_trees(self.train)

    @property
    def batches(self) -> TreeBatches:
        """The training batches."""
        return TreeBatches.from_settings(self.encoded, TrainingSettings(), word_dropout=1.0)

    def make(self) -> int:
        """Read the corpus, build the network and export it.

        Returns:
            The number of parameters of the network.
        """
        from seqnlp.export.parity import check_parity
        from seqnlp.export.writer import write_model
        from seqnlp.tasks.tree_classification.network import TreeNetwork
        from seqnlp.tasks.tree_classification.task import TreeClassifierTask

        codec = TreeCodec.learn(self.train, WordForm(lower=True, digits=True))
        (self.directory / "codec.json").write_text(json.dumps(codec.to_spec()), encoding="utf-8")
        network = TreeNetwork(
            len(codec.words), len(codec.labels), self.units, self.units, "lstm", DROPOUT, seed=1
        )
        network.build()
        # With initial weights, all labels have about the same probability, so rounding would decide.
        random = np.random.default_rng(1)
        for weight in network.weights:
            weight.assign(random.normal(scale=weight.shape[0] ** -0.5, size=weight.shape))
        save_weights(network, self.directory)
        task, checked = TreeClassifierTask(), self.test[:CHECKED]
        graph = task.graph([network], codec)

        def check(session: Any) -> None:
            differences = task.differences(session, [network], graph, codec, checked)
            check_parity(differences, task.tolerance, task.compared)

        write_model(graph, task.name, {"spec": {}}, self.model, check)
        return int(network.count_params())
