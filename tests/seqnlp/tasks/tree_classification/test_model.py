"""Tree classifiers in use."""

import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from seqnlp.errors import DataError, ModelFileError
from seqnlp.records import ParseTree, Span
from seqnlp.tasks.corpus import prepare
from seqnlp.tasks.export import write_network
from seqnlp.tasks.prepared import Prepared
from seqnlp.tasks.tree_classification.codec import TreeCodec
from seqnlp.tasks.tree_classification.model import TreeClassifier
from seqnlp.tasks.tree_classification.network import TreeNetwork
from seqnlp.tasks.tree_classification.settings import TreeSettings
from seqnlp.tasks.tree_classification.task import TreeClassifierTask
from seqnlp.trees.binary import binarize
from seqnlp.trees.groups import TreeGroups, make_batches


def tree(text: str, *spans: tuple[str, int, int]) -> ParseTree:
    return ParseTree(tuple(text.split()), tuple(Span(*span) for span in spans))


TREES = [
    tree("a b c", ("1", 0, 3), ("0", 0, 1), ("1", 1, 3), ("0", 2, 3)),
    tree("c", ("1", 0, 1), ("0", 0, 1)),
    tree("a b c d e", ("0", 0, 5), ("1", 1, 3)),
    tree("b a"),
]


TASK = TreeClassifierTask()


@pytest.fixture(scope="module")
def prepared() -> Prepared[ParseTree, TreeCodec]:
    return prepare(TASK, TreeSettings(), {"train": TREES, "dev": TREES})


@pytest.fixture(scope="module")
def network(prepared: Prepared[ParseTree, TreeCodec]) -> TreeNetwork:
    codec = prepared.codec
    network = TreeNetwork(len(codec.words), len(codec.labels), 5, 6, "lstm", dropout=0.0, seed=1)
    network.build()
    network.table.assign(np.random.default_rng(1).normal(size=network.table.shape))
    return network


@pytest.fixture(scope="module")
def classifier(
    network: TreeNetwork,
    prepared: Prepared[ParseTree, TreeCodec],
    tmp_path_factory: pytest.TempPathFactory,
) -> TreeClassifier:
    path = tmp_path_factory.mktemp("trees") / "model.onnx"
    write_network(TASK, [network], prepared, path, {})
    return TreeClassifier.load(path)


def test_labels_are_those_of_the_network(classifier: TreeClassifier, network: TreeNetwork) -> None:
    encoded = classifier.codec.encode_trees([binarize(each) for each in TREES])
    (batch,) = make_batches(encoded.forest.sizes, np.arange(len(TREES)), 16)
    layout = TreeGroups.from_batch(encoded.forest, batch)
    logits = np.asarray(network.predict_on_batch(layout.inputs(encoded.words)))[layout.places].astype(float)
    expected = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    found = classifier.probabilities([binarize(each) for each in TREES])
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


def test_a_tree_alone_has_the_same_labels_as_among_others(classifier: TreeClassifier) -> None:
    together = classifier.predict(TREES)
    for each, found in zip(TREES, together, strict=True):
        (alone,) = classifier.predict([each])
        assert alone.tree == found.tree
        np.testing.assert_allclose(alone.scores, found.scores, atol=1e-5)
    assert classifier.predict([]) == []


def test_a_chain_of_many_words_is_labelled(classifier: TreeClassifier) -> None:
    count = 5000
    spans = [("0", place, count) for place in range(count)]
    (found,) = classifier.predict([tree("a " * count, *spans)])
    assert len(found.tree.spans) == count


def test_the_memory_for_a_chain_is_linear_in_its_length(classifier: TreeClassifier) -> None:
    def peak(count: int) -> int:
        chain = tree("a " * count, *[("0", place, count) for place in range(count)])
        tracemalloc.start()
        classifier.predict([chain])
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size

    peak(10)
    small, middle, large = map(peak, (1000, 2000, 4000))
    assert middle < 3 * small
    assert large < 3 * middle


def test_a_file_of_another_task_is_an_error(classifier: TreeClassifier, tmp_path: Path) -> None:
    content = classifier.file.path.read_bytes().replace(b"tree-classifier", b"tree-klassifier")
    (tmp_path / "other.onnx").write_bytes(content)
    with pytest.raises(ModelFileError, match="is a tree-klassifier, not a tree-classifier"):
        TreeClassifier.load(tmp_path / "other.onnx")


def test_a_text_in_brackets_is_labelled(classifier: TreeClassifier) -> None:
    assert classifier("(x (x a) (x b))") == classifier.predict(["(x (x a) (x b))", "(x a)"])[0]
    with pytest.raises(DataError, match="item 0: not a tree: unclosed bracket"):
        classifier("(x a")
    with pytest.raises(TypeError, match="a list of texts"):
        classifier.predict("(x a)")
