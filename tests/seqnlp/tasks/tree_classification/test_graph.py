"""Graphs of networks that read trees."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnxruntime import InferenceSession

from seqnlp.export.parity import ParityError
from seqnlp.layers.tree_cells import TREE_CELLS
from seqnlp.records import ParseTree
from seqnlp.tasks.corpus import prepare
from seqnlp.tasks.export import write_network
from seqnlp.tasks.prepared import Prepared
from seqnlp.tasks.tree_classification.codec import TreeCodec
from seqnlp.tasks.tree_classification.network import TreeNetwork
from seqnlp.tasks.tree_classification.settings import TreeSettings
from seqnlp.tasks.tree_classification.task import TreeClassifierTask
from seqnlp.trees.binary import BinaryTree
from seqnlp.trees.frontier import Frontier

TASK = TreeClassifierTask()


@pytest.fixture
def prepared(
    random_tree: Callable[[np.random.Generator, int], BinaryTree],
) -> Prepared[ParseTree, TreeCodec]:
    random = np.random.default_rng(2)
    trees = [random_tree(random, count).to_tree() for count in (7, 1, 30, 2, 1, 90)]
    return prepare(TASK, TreeSettings(), {"train": trees, "dev": trees})


@pytest.mark.parametrize("cell", TREE_CELLS)
def test_the_file_computes_the_same_as_the_network(
    cell: str, prepared: Prepared[ParseTree, TreeCodec], tmp_path: Path
) -> None:
    codec, trees = prepared.codec, prepared.held_out["dev"].examples
    network = TreeNetwork(len(codec.words), len(codec.labels), 5, 6, cell, dropout=0.3, seed=1)
    network.build()
    random = np.random.default_rng(3)
    for weight in network.weights:
        weight.assign(random.normal(0, 0.5, weight.shape))
    path = tmp_path / "model.onnx"
    write_network(TASK, [network], prepared, path, {})
    kinds = [node.op_type for node in onnx.load(path).graph.node]
    assert kinds.count("Loop") == 1

    # One tree at a time gives the same as all trees in one batch.
    session, encoded = InferenceSession(path), TASK.encode(codec, trees)
    found = np.empty((2, len(encoded.labels), len(codec.labels)))
    for place, groups in enumerate(([range(len(trees))], [[number] for number in range(len(trees))])):
        for group in groups:
            frontier = Frontier.from_forest(encoded.forest, np.array(group))
            given = {"words": encoded.words[frontier.words], **frontier.to_arrays()}
            (found[place, frontier.nodes],) = session.run(["logits"], given)
    np.testing.assert_allclose(found[0], found[1], atol=1e-5)


def test_a_file_that_differs_from_its_network_is_not_written(
    prepared: Prepared[ParseTree, TreeCodec], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    codec = prepared.codec
    network = TreeNetwork(len(codec.words), len(codec.labels), 5, 6, "lstm", dropout=0.0, seed=1)
    network.build()
    predict = network.predict_on_batch
    monkeypatch.setattr(network, "predict_on_batch", lambda inputs: predict(inputs) * 1.1)
    with pytest.raises(ParityError, match=r"a probability differs by \d"):
        write_network(TASK, [network], prepared, tmp_path / "model.onnx", {})
    assert not list(tmp_path.iterdir())
