"""The PyTorch tree classifiers give the same labels as seqnlp."""

import pytest

pytest.importorskip("torch")

from benchmarks.contenders import ours_trees, pytorch_trees
from benchmarks.untrained_trees import SHAPES, UntrainedTrees, synthetic_tree
from seqnlp.trees.binary import binarize
from seqnlp.trees.levels import Forest

TREES = "(1 (0 (1 a) (2 b)) (2 c))\n(2 d)\n(0 (1 a) (1 (0 (2 b) (1 d)) (2 (1 c) (1 (0 a) (1 b)))))\n"


@pytest.fixture(scope="module")
def untrained(tmp_path_factory: pytest.TempPathFactory) -> UntrainedTrees:
    folder = tmp_path_factory.mktemp("trees")
    for name in ("train", "test"):
        (folder / f"{name}.txt").write_text(TREES * 3, encoding="utf-8")
    model = UntrainedTrees(folder, str(folder), units=8)
    model.make()
    return model


@pytest.mark.parametrize("way", pytorch_trees.NETWORKS)
def test_labels_are_the_same(untrained: UntrainedTrees, way: str) -> None:
    labels = ours_trees.Prediction(untrained, 1).labels(0)
    assert pytorch_trees.Prediction(untrained, way, 1).labels(4) == labels
    assert len(set(labels)) > 1


@pytest.mark.parametrize("shape", SHAPES)
def test_synthetic_trees_have_their_shape(shape: str) -> None:
    tree = binarize(synthetic_tree(shape, 64))
    assert len(tree.left) == 63
    assert Forest.from_trees([tree]).tree_heights.tolist() == [6 if shape == "balanced" else 63]


@pytest.mark.parametrize("way", pytorch_trees.NETWORKS)
def test_pytorch_trains_on_the_same_trees(untrained: UntrainedTrees, way: str) -> None:
    training = pytorch_trees.Training(untrained, way, steps=1, threads=1)
    assert training.run() == len(untrained.train)
    (_, words, labels) = training.batches[0]
    assert len(words) == len(untrained.encoded.words)
    assert len(labels) == len(untrained.encoded.labels)
