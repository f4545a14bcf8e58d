"""The codec and the training batches of tree classifiers."""

import numpy as np
import pytest

from seqnlp.errors import ModelFileError
from seqnlp.settings import TrainingSettings
from seqnlp.tasks.tree_classification.batches import TreeBatches
from seqnlp.tasks.tree_classification.codec import TreeCodec, join_chain
from seqnlp.text.vocabulary import UNKNOWN, WordForm
from seqnlp.trees.binary import NO_LABEL, BinaryTree
from seqnlp.trees.brackets import parse_tree
from seqnlp.trees.groups import BLOCK_MULTIPLE, GROUPS, TreeGroups
from seqnlp.trees.levels import BLOCK

TREES = [
    BinaryTree(("The", "cat"), (0,), (1,), (("D",), ("N",), ("S", "NP"))),
    BinaryTree(("the", "old", "cat"), (1, 0), (2, 3), (("D",), (), ("N",), ("",), ("NP",))),
    BinaryTree(("Cat",), (), (), (("N",),)),
]
CODEC = TreeCodec.learn(TREES, WordForm(lower=True))


def test_trees_are_encoded_as_word_ids_and_label_ids() -> None:
    assert CODEC.labels.entries == ("D", "N", "NP", "S NP")
    unseen = BinaryTree(("a", "cat"), (0,), (1,), (("X",), (), ("S", "NP")))
    encoded = CODEC.encode_trees([*TREES, unseen])
    assert encoded.labels.tolist() == [0, 1, 3, 0, NO_LABEL, 1, NO_LABEL, 2, 1, 4, NO_LABEL, 3]
    the, cat, old = (CODEC.words[word] for word in ("the", "cat", "old"))
    assert encoded.words.tolist() == [the, cat, the, old, cat, cat, UNKNOWN, cat]
    assert join_chain(("", "A", "B")) == "A B"


def test_labels_that_the_codec_does_not_know_are_named() -> None:
    trees = [parse_tree([(1, "(S (NP (Y a)) (X b))")]), parse_tree([(1, "(D (NP (N b)))")])]
    assert CODEC.unknown_labels(trees) == ["D NP N", "NP Y", "S", "X"]
    assert CODEC.unknown_labels([tree.to_tree() for tree in TREES]) == []


def test_a_codec_is_restored_from_its_spec() -> None:
    assert TreeCodec.from_spec(CODEC.to_spec()) == CODEC
    with pytest.raises(ModelFileError, match="damaged"):
        TreeCodec.from_spec({**CODEC.to_spec(), "labels": 1})


def test_arrays_are_restored() -> None:
    encoded = CODEC.encode_trees(TREES)
    again = type(encoded).from_arrays(encoded.to_arrays())
    assert all((again.to_arrays()[name] == array).all() for name, array in encoded.to_arrays().items())


def random_trees(count: int) -> list[BinaryTree]:
    random = np.random.default_rng(1)
    found = []
    for size in random.integers(1, 30, count).tolist():
        left = tuple([0, *range(size, 2 * size - 2)][: size - 1])  # every node branches to the left
        chains = tuple((str(random.integers(3)),) for _ in range(2 * size - 1))
        words = tuple(f"w{random.integers(50)}" for _ in range(size))
        found.append(BinaryTree(words, left, tuple(range(1, size)), chains))
    return found


def test_an_epoch_contains_each_tree_once() -> None:
    trees = random_trees(200)
    codec = TreeCodec.learn(trees, WordForm())
    encoded = codec.encode_trees(trees)
    batches = TreeBatches.from_settings(encoded, TrainingSettings(batch_tokens=64, seed=3), word_dropout=1.0)
    assert batches.tokens == len(encoded.words)
    plan = batches.plan(0)
    assert len(plan) == batches.steps
    assert batches.padded_lengths == [32]
    assert sorted(tree for batch in plan for tree in batch.rows) == list(range(200))
    assert all(encoded.forest.sizes[batch.rows].sum() <= batch.positions == 64 for batch in plan)
    assert [batch.rows.tolist() for batch in plan] == [batch.rows.tolist() for batch in batches.plan(0)]
    assert [batch.rows.tolist() for batch in plan] != [batch.rows.tolist() for batch in batches.plan(1)]
    for batch, (inputs, labels) in zip(plan, batches.batches(0), strict=True):
        layout = TreeGroups.from_batch(encoded.forest, batch)
        assert isinstance(labels, np.ndarray)
        labelled = labels != NO_LABEL
        assert labelled.sum() == (2 * encoded.forest.sizes[batch.rows] - 1).sum()
        assert (labels[layout.places] == encoded.labels[layout.nodes]).all()
        for row, given in zip(layout.groups, inputs["words"], strict=True):
            words = encoded.words[row.words]
            here = given[: len(words)]
            assert ((here == words) | (here == UNKNOWN)).all()
        rows, length = inputs["words"].shape
        slots = inputs["left"].shape[1]
        assert (rows, length, slots % (BLOCK_MULTIPLE * BLOCK)) == (GROUPS, 32, 0)
        assert inputs["left"].shape == inputs["right"].shape == (rows, slots)
        assert len(labels) == inputs["above"].size == rows * (length + slots)


def test_a_group_is_long_enough_for_a_tree_with_too_many_words() -> None:
    trees = random_trees(20)
    encoded = TreeCodec.learn(trees, WordForm()).encode_trees(trees)
    batches = TreeBatches(encoded, positions=16, word_dropout=0.0, seed=1)
    for batch in batches.plan(0):
        sizes = encoded.forest.sizes[batch.rows]
        assert batch.length == 8 or (batch.length < 2 * sizes.max() and len(batch.rows) > 0)
        layout = TreeGroups.from_batch(encoded.forest, batch)
        assert sorted(layout.nodes) == sorted(
            node
            for tree in batch.rows
            for node in range(encoded.forest.node_starts[tree], encoded.forest.node_starts[tree + 1])
        )
