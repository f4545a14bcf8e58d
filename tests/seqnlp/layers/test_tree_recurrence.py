"""Tree recurrence by levels, compared with a computation node by node."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from keras import ops

from seqnlp.layers.recursion import bilinear
from seqnlp.layers.tree_cells import TREE_CELLS
from seqnlp.layers.tree_recurrence import TreeRecurrence
from seqnlp.trees.binary import BinaryTree
from seqnlp.trees.levels import BLOCK, Forest, Levels

UNITS, DIMENSION = 4, 3


def node_by_node(layer: TreeRecurrence, embedded: Any, tree: BinaryTree) -> Any:
    """Compute each node with plain operations that the tape differentiates."""
    cell = layer.cell
    states = list(ops.split(cell.leaf(layer.leaf(embedded)), len(tree.words)))
    kernel, bias = cell.kernel(layer.kernel), cell.bias(layer.bias)
    for left, right in zip(tree.left, tree.right, strict=True):
        one, other = states[left], states[right]
        joined = ops.concatenate([one[:, :UNITS], other[:, :UNITS]], axis=-1)
        product = ops.matmul(joined, kernel) + bias
        if cell.bilinear:
            product += bilinear(joined, layer.tensor)
        states.append(cell.state(product, one, other))
    return ops.concatenate(states, axis=0)[:, :UNITS]


@pytest.mark.parametrize("cell", TREE_CELLS)
def test_states_and_gradients_equal_those_of_single_nodes(
    cell: str, random_tree: Callable[[np.random.Generator, int], BinaryTree]
) -> None:
    random = np.random.default_rng(1)
    trees = [random_tree(random, count) for count in (5, 1, 9, 40, 2, 70)]
    forest = Forest.from_trees(trees)
    levels = Levels.from_forest(forest, np.arange(len(trees)), positions=130, multiple=4)
    layer = TreeRecurrence(UNITS, cell, BLOCK, seed=1)
    layer.build((None, DIMENSION))
    for weight in layer.weights:
        weight.assign(random.normal(0, 0.4, weight.shape))
    embedded = tf.constant(random.normal(size=(127, DIMENSION)), tf.float32)
    upstream = random.normal(size=(2 * 127 - 6, UNITS)).astype(np.float32)
    variables = [weight.value for weight in layer.trainable_variables]

    with tf.GradientTape() as tape:
        tape.watch(embedded)
        padded = tf.pad(embedded, [[0, 3], [0, 0]])
        hidden = layer(
            layer.leaf_states(padded), levels.left, levels.right, levels.above, np.int32(levels.blocks)
        )
        found = tf.one_hot(levels.rows, len(hidden)) @ hidden
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


def test_trees_of_one_word_have_the_states_of_words() -> None:
    forest = Forest.from_trees([BinaryTree(("a",), (), (), ((),))] * 3)
    levels = Levels.from_forest(forest, np.arange(3), positions=4)
    layer = TreeRecurrence(UNITS, "lstm", BLOCK, seed=1)
    layer.build((None, DIMENSION))
    leaves = layer.leaf_states(ops.ones((4, DIMENSION)))
    hidden = layer(leaves, levels.left, levels.right, levels.above, np.int32(levels.blocks))
    assert levels.blocks == 0
    np.testing.assert_allclose(hidden[:4], leaves[:, :UNITS], atol=1e-6)


def test_a_tree_lstm_with_numbers() -> None:
    """One node with two words and one unit (Tai et al. 2015, equations 9 to 14)."""
    cell = TREE_CELLS["lstm"]

    def sigmoid(x: float) -> float:
        return float(1 / (1 + np.exp(-x)))

    i, f, g, o, u = 0.5, -1.0, 2.0, 0.3, 0.7
    found = np.asarray(
        cell.state(np.array([[i, f, g, o, u]]), np.array([[0.1, 0.4]]), np.array([[0.2, -0.6]]))
    )
    memory = sigmoid(i) * np.tanh(u) + sigmoid(f) * 0.4 + sigmoid(g) * -0.6
    np.testing.assert_allclose(found, [[sigmoid(o) * np.tanh(memory), memory]], rtol=1e-6)


def weighted(cell: str) -> tuple[TreeRecurrence, dict[str, np.ndarray], np.ndarray, np.ndarray]:
    """Return a layer with random weights, these weights, and the states of two branches."""
    random = np.random.default_rng(4)
    layer = TreeRecurrence(UNITS, cell, BLOCK)
    layer.build((None, DIMENSION))
    for weight in layer.weights:
        weight.assign(random.normal(0, 0.5, weight.shape))
    states = random.normal(size=(2, 1, layer.cell.states * UNITS)).astype(np.float32)
    own = [each for each in layer.weights if all(each is not other for other in layer.leaf.weights)]
    return layer, {each.name: np.asarray(each) for each in own}, states[0], states[1]


def squashed(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def test_a_child_sum_tree_lstm_in_numpy() -> None:
    """Tai et al. 2015, equations 2 to 8, for an inner node."""
    layer, weights, left, right = weighted("child-sum")
    (h, c), (k, d) = np.split(left[0], 2), np.split(right[0], 2)
    kernels, biases = np.split(weights["kernel"], 4, axis=1), np.split(weights["bias"], 4)

    def gate(number: int, hidden: np.ndarray) -> np.ndarray:
        return hidden @ kernels[number] + biases[number]

    i, o, u = squashed(gate(0, h + k)), squashed(gate(2, h + k)), np.tanh(gate(3, h + k))
    memory = i * u + squashed(gate(1, h)) * c + squashed(gate(1, k)) * d
    expected = np.concatenate([o * np.tanh(memory), memory])
    np.testing.assert_allclose(np.asarray(layer.join(left, right))[0], expected, rtol=1e-4, atol=1e-6)


def test_a_tree_gru_in_numpy() -> None:
    layer, weights, left, right = weighted("gru")
    h, k = left[0], right[0]
    both = np.concatenate([h, k])
    kernels, biases = np.split(weights["kernel"], 5, axis=1), np.split(weights["bias"], 5)
    a, b, r, s = (both @ kernels[number] + biases[number] for number in range(4))
    lefts, rights = h @ kernels[4][:UNITS] + biases[4], k @ kernels[4][UNITS:]
    candidate = np.tanh(squashed(r) * lefts + squashed(s) * rights)
    shares = np.exp([a, b, np.zeros_like(a)])
    shares /= shares.sum(axis=0)
    expected = shares[0] * h + shares[1] * k + shares[2] * candidate
    np.testing.assert_allclose(np.asarray(layer.join(left, right))[0], expected, rtol=1e-4, atol=1e-6)


def test_an_rntn_in_numpy() -> None:
    """Socher et al. 2013, section 4.3."""
    layer, weights, left, right = weighted("rntn")
    both = np.concatenate([left[0], right[0]])
    tensor = weights["tensor"].reshape(2 * UNITS, 2 * UNITS, UNITS)
    bilinear = np.einsum("i,ijk,j->k", both, tensor, both)
    expected = np.tanh(bilinear + both @ weights["kernel"] + weights["bias"])
    np.testing.assert_allclose(np.asarray(layer.join(left, right))[0], expected, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("cell", TREE_CELLS)
def test_a_tree_alone_has_the_same_states_as_in_a_batch(
    cell: str, random_tree: Callable[[np.random.Generator, int], BinaryTree]
) -> None:
    random = np.random.default_rng(6)
    layer, *_ = weighted(cell)
    trees = [random_tree(random, count) for count in (6, 1, 11)]
    forest = Forest.from_trees(trees)
    embedded = random.normal(size=(sum(forest.sizes), DIMENSION)).astype(np.float32)

    def states(embedded: np.ndarray, trees: list[int], multiple: int) -> np.ndarray:
        """Compute the states of some trees, with random vectors in the padding."""
        positions = len(embedded) + 2
        levels = Levels.from_forest(forest, np.array(trees), positions, multiple)
        padded = np.concatenate([embedded, random.normal(size=(2, DIMENSION)).astype(np.float32)])
        links = (levels.left, levels.right, levels.above, np.int32(levels.blocks))
        return np.asarray(layer(layer.leaf_states(padded), *links))[levels.rows]

    parts = np.split(embedded, np.cumsum(forest.sizes)[:-1])
    alone = [states(part, [number], multiple=8) for number, part in enumerate(parts)]
    np.testing.assert_allclose(states(embedded, [0, 1, 2], multiple=1), np.concatenate(alone), atol=1e-5)
