"""The network of tree classifiers."""

from collections.abc import Callable

import numpy as np
import pytest

from seqnlp.layers.tree_cells import TREE_CELLS
from seqnlp.tasks.tree_classification.codec import TreeCodec
from seqnlp.tasks.tree_classification.network import TreeNetwork
from seqnlp.text.vocabulary import WordForm
from seqnlp.trees.binary import BinaryTree
from seqnlp.trees.groups import TreeGroups, make_batches
from tests.batteries.layer import check_reload


@pytest.mark.parametrize("cell", TREE_CELLS)
def test_a_network_is_the_same_after_saving_and_loading(
    cell: str, random_tree: Callable[[np.random.Generator, int], BinaryTree]
) -> None:
    random = np.random.default_rng(2)
    trees = [random_tree(random, count) for count in (7, 1, 20)]
    codec = TreeCodec.learn(trees, WordForm())
    network = TreeNetwork(len(codec.words), len(codec.labels), 5, 6, cell, dropout=0.3, seed=1)
    network.build()
    encoded = codec.encode_trees(trees)
    (batch,) = make_batches(encoded.forest.sizes, np.argsort(encoded.forest.tree_heights), 512)
    check_reload(network, TreeGroups.from_batch(encoded.forest, batch).inputs(encoded.words))
