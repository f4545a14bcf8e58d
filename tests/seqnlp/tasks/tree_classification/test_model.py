"""Tree classifiers in use."""

from pathlib import Path

import numpy as np
import pytest

from seqnlp.errors import ModelFileError
from seqnlp.records import ParseTree, Span
from seqnlp.tasks.tree_classification.codec import TreeCodec
from seqnlp.tasks.tree_classification.graph import export_tree_network
from seqnlp.tasks.tree_classification.model import TreeClassifier
from seqnlp.tasks.tree_classification.network import TreeNetwork
from seqnlp.text.vocabulary import WordForm
from seqnlp.trees.binary import binarised
from seqnlp.trees.groups import Abreast, batches_of


def tree(text: str, *spans: tuple[str, int, int]) -> ParseTree:
    return ParseTree(tuple(text.split()), tuple(Span(*span) for span in spans))


TREES = [
    tree("a b c", ("1", 0, 3), ("0", 0, 1), ("1", 1, 3), ("0", 2, 3)),
    tree("c", ("1", 0, 1), ("0", 0, 1)),
    tree("a b c d e", ("0", 0, 5), ("1", 1, 3)),
    tree("b a"),
]


@pytest.fixture(scope="module")
def network() -> TreeNetwork:
    codec = TreeCodec.learn(map(binarised, TREES), WordForm())
    network = TreeNetwork(len(codec.words), len(codec.labels), 5, 6, "lstm", dropout=0.0, seed=1)
    network.build()
    network.table.assign(np.random.default_rng(1).normal(size=network.table.shape))
    return network


@pytest.fixture(scope="module")
def classifier(network: TreeNetwork, tmp_path_factory: pytest.TempPathFactory) -> TreeClassifier:
    path = tmp_path_factory.mktemp("trees") / "model.onnx"
    binary = list(map(binarised, TREES))
    export_tree_network(network, TreeCodec.learn(binary, WordForm()), path, {"spec": {}}, binary)
    return TreeClassifier.load(path)


def test_labels_are_those_of_the_network(classifier: TreeClassifier, network: TreeNetwork) -> None:
    encoded = classifier.codec.trees([binarised(each) for each in TREES])
    (batch,) = batches_of(encoded.forest.sizes, np.arange(len(TREES)), 16)
    layout = Abreast.of(encoded.forest, batch)
    logits = np.asarray(network.predict_on_batch(layout.inputs(encoded.words)))[layout.places].astype(float)
    expected = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    found = classifier.probabilities([binarised(each) for each in TREES])
    np.testing.assert_allclose(found, expected, atol=1e-6)

    labels = [classifier.codec.labels.entries[number] for number in expected.argmax(axis=1)]
    first, second, third, last = classifier.predict(TREES)
    assert first.tree == tree(
        "a b c", (labels[4], 0, 3), (labels[0], 0, 1), (labels[3], 1, 3), (labels[2], 2, 3)
    )
    np.testing.assert_allclose(first.scores, expected.max(axis=1)[[4, 0, 3, 2]], atol=1e-6)
    assert first.label == labels[4]
    assert second.tree == tree("c", (labels[5], 0, 1))  # nodes over the same words have one label
    assert [(span.start, span.end) for span in third.tree.spans] == [(0, 5), (1, 3)]
    assert last.tree == tree("b a", (labels[-1], 0, 2))


def test_alone_as_with_others(classifier: TreeClassifier) -> None:
    together = classifier.predict(TREES)
    for each, found in zip(TREES, together, strict=True):
        (alone,) = classifier.predict([each])
        assert alone.tree == found.tree
        np.testing.assert_allclose(alone.scores, found.scores, atol=1e-5)
    assert classifier.predict([]) == []


def test_a_chain_of_many_words(classifier: TreeClassifier) -> None:
    count = 5000
    spans = [("0", place, count) for place in range(count)]
    (found,) = classifier.predict([tree("a " * count, *spans)])
    assert len(found.tree.spans) == count


def test_a_file_of_another_task(classifier: TreeClassifier, tmp_path: Path) -> None:
    content = classifier.file.path.read_bytes().replace(b"tree-classifier", b"tree-klassifier")
    (tmp_path / "other.onnx").write_bytes(content)
    with pytest.raises(ModelFileError, match="is a tree-klassifier, not a tree-classifier"):
        TreeClassifier.load(tmp_path / "other.onnx")
