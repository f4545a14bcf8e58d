"""Networks that read trees as files: one graph, held to the network for each cell."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnxruntime import InferenceSession

from seqnlp.export.parity import ParityError
from seqnlp.layers.compositions import COMPOSITIONS
from seqnlp.tasks.tree_classification import graph as exporting
from seqnlp.tasks.tree_classification.codec import TreeCodec
from seqnlp.tasks.tree_classification.network import TreeNetwork
from seqnlp.text.vocabulary import WordForm
from seqnlp.trees.binary import BinaryTree
from seqnlp.trees.frontier import Frontier

METADATA = {"spec": {}}


@pytest.fixture
def trees(random_tree: Callable[[np.random.Generator, int], BinaryTree]) -> list[BinaryTree]:
    random = np.random.default_rng(2)
    return [random_tree(random, count) for count in (7, 1, 30, 2, 1, 90)]


@pytest.mark.parametrize("cell", COMPOSITIONS)
def test_the_file_computes_what_the_network_does(cell: str, trees: list[BinaryTree], tmp_path: Path) -> None:
    codec = TreeCodec.learn(trees, WordForm())
    network = TreeNetwork(len(codec.words), len(codec.labels), 5, 6, cell, dropout=0.3, seed=1)
    network.build()
    random = np.random.default_rng(3)
    for weight in network.weights:
        weight.assign(random.normal(0, 0.5, weight.shape))
    path = tmp_path / "model.onnx"
    exporting.export_tree_network(network, codec, path, METADATA, trees)
    kinds = [node.op_type for node in onnx.load(path).graph.node]
    assert kinds.count("Loop") == 1

    # One tree at a time is the same as all together.
    session, encoded = InferenceSession(path), codec.trees(trees)
    found = np.empty((2, len(encoded.labels), len(codec.labels)))
    for place, groups in enumerate(([range(len(trees))], [[number] for number in range(len(trees))])):
        for group in groups:
            frontier = Frontier.of(encoded.forest, np.array(group))
            given = {"words": encoded.words[frontier.words], **frontier.links()}
            (found[place, frontier.nodes],) = session.run(["logits"], given)
    np.testing.assert_allclose(found[0], found[1], atol=1e-5)


def test_a_file_that_differs_is_not_written(
    trees: list[BinaryTree], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    codec = TreeCodec.learn(trees, WordForm())
    network = TreeNetwork(len(codec.words), len(codec.labels), 5, 6, "lstm", dropout=0.0, seed=1)
    network.build()
    true = network.predict_on_batch
    monkeypatch.setattr(network, "predict_on_batch", lambda inputs: true(inputs) * 1.1)
    with pytest.raises(ParityError, match=r"differs from the network's by \d"):
        exporting.export_tree_network(network, codec, tmp_path / "model.onnx", METADATA, trees)
    assert not list(tmp_path.iterdir())
