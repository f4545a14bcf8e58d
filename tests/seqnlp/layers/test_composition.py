"""Recursive networks, level by level, against node by node."""

from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from keras import ops

from seqnlp.layers.composition import Composition, _bilinear
from seqnlp.layers.compositions import COMPOSITIONS
from seqnlp.trees.binary import BinaryTree
from seqnlp.trees.levels import BLOCK, Forest, Levels

UNITS, DIMENSION = 4, 3


def a_tree(random: np.random.Generator, count: int) -> BinaryTree:
    standing, left, right = list(range(count)), [], []
    for node in range(count, 2 * count - 1):
        place = int(random.integers(len(standing) - 1))
        left.append(standing[place])
        right.append(standing[place + 1])
        standing[place : place + 2] = [node]
    return BinaryTree(("a",) * count, tuple(left), tuple(right), ((),) * (2 * count - 1))


def node_by_node(layer: Composition, embedded: Any, tree: BinaryTree) -> Any:
    """Each node in a product of its own, in plain operations that the tape differentiates."""
    cell = layer.composition
    states = list(ops.split(cell.leaf(layer.leaf(embedded)), len(tree.words)))
    kernel, bias = cell.kernel(layer.weights_of_branches), cell.bias(layer.bias)
    for left, right in zip(tree.left, tree.right, strict=True):
        one, other = states[left], states[right]
        joined = ops.concatenate([one[:, :UNITS], other[:, :UNITS]], axis=-1)
        product = ops.matmul(joined, kernel) + bias
        if cell.bilinear:
            product += _bilinear(joined, layer.tensor)
        states.append(cell.state(product, one, other))
    return ops.concatenate(states, axis=0)[:, :UNITS]


@pytest.mark.parametrize("cell", COMPOSITIONS)
def test_states_and_gradients_are_those_of_node_by_node(cell: str) -> None:
    random = np.random.default_rng(1)
    trees = [a_tree(random, count) for count in (5, 1, 9, 40, 2, 70)]
    forest = Forest.of(trees)
    levels = Levels.of(forest, np.arange(len(trees)), positions=130, spare=4)
    layer = Composition(UNITS, cell, BLOCK, seed=1)
    layer.build((None, DIMENSION))
    for weight in layer.weights:
        weight.assign(random.normal(0, 0.4, weight.shape))
    embedded = tf.constant(random.normal(size=(127, DIMENSION)), tf.float32)
    upstream = random.normal(size=(2 * 127 - 6, UNITS)).astype(np.float32)
    variables = [weight.value for weight in layer.trainable_variables]

    with tf.GradientTape() as tape:
        tape.watch(embedded)
        padded = tf.pad(embedded, [[0, 3], [0, 0]])
        states = layer(layer.leaves(padded), levels.left, levels.right, levels.above, np.int32(levels.blocks))
        found = tf.gather(states[:, :UNITS], levels.rows)
        total = tf.reduce_sum(found * upstream)
    gradients = tape.gradient(total, [embedded, *variables])

    with tf.GradientTape() as tape:
        tape.watch(embedded)
        parts = zip(trees, tf.split(embedded, forest.sizes), strict=True)
        expected = tf.concat([node_by_node(layer, part, tree) for tree, part in parts], axis=0)
        total = tf.reduce_sum(expected * upstream)
    references = tape.gradient(total, [embedded, *variables])

    np.testing.assert_allclose(found, expected, atol=1e-5)
    for gradient, reference in zip(gradients, references, strict=True):
        np.testing.assert_allclose(gradient, reference, atol=2e-5 * float(np.abs(reference).max() + 1))


def test_words_alone() -> None:
    forest = Forest.of([BinaryTree(("a",), (), (), ((),))] * 3)
    levels = Levels.of(forest, np.arange(3), positions=4)
    layer = Composition(UNITS, "lstm", BLOCK, seed=1)
    layer.build((None, DIMENSION))
    leaves = layer.leaves(ops.ones((4, DIMENSION)))
    states = layer(leaves, levels.left, levels.right, levels.above, np.int32(levels.blocks))
    assert levels.blocks == 0
    np.testing.assert_allclose(states[:4], leaves, atol=1e-6)


def test_a_tree_lstm_by_hand() -> None:
    """One node over two words, one unit (Tai et al. 2015, equations 9 to 14)."""
    cell = COMPOSITIONS["lstm"]

    def sigmoid(x: float) -> float:
        return float(1 / (1 + np.exp(-x)))

    i, f, g, o, u = 0.5, -1.0, 2.0, 0.3, 0.7
    found = np.asarray(
        cell.state(np.array([[i, f, g, o, u]]), np.array([[0.1, 0.4]]), np.array([[0.2, -0.6]]))
    )
    memory = sigmoid(i) * np.tanh(u) + sigmoid(f) * 0.4 + sigmoid(g) * -0.6
    np.testing.assert_allclose(found, [[sigmoid(o) * np.tanh(memory), memory]], rtol=1e-6)
