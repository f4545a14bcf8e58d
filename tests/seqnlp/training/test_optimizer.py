"""The lazy optimizer compared with Adam of Keras."""

import keras
import numpy as np
import tensorflow as tf

from seqnlp.training.optimizer import LazyAdam


def steps(optimizer, gradients) -> np.ndarray:
    variable = keras.Variable(np.ones((6, 3), np.float32))
    optimizer.build([variable])
    for gradient in gradients:
        optimizer.apply([gradient], [variable])
    return np.array(variable)


def test_dense_gradients_update_as_in_keras() -> None:
    random = np.random.default_rng(0)
    gradients = [tf.constant(random.normal(size=(6, 3)).astype(np.float32)) for _ in range(5)]
    expected = steps(keras.optimizers.Adam(0.1, global_clipnorm=1.0), gradients)
    np.testing.assert_allclose(steps(LazyAdam(0.1, global_clipnorm=1.0), gradients), expected, atol=1e-5)


def test_used_rows_update_as_in_keras_and_unused_rows_do_not_change() -> None:
    random = np.random.default_rng(1)
    values = [random.normal(size=(3, 3)).astype(np.float32) for _ in range(4)]
    rows = np.array([4, 1, 4])  # one row twice: its gradients are added
    dense = [np.zeros((6, 3), np.float32) for _ in values]
    for full, value in zip(dense, values, strict=True):
        np.add.at(full, rows, value)
    sparse = [tf.IndexedSlices(tf.constant(value), tf.constant(rows), (6, 3)) for value in values]
    expected = steps(keras.optimizers.Adam(0.1), [tf.constant(full) for full in dense])
    found = steps(LazyAdam(0.1), sparse)
    np.testing.assert_allclose(found, expected, atol=1e-5)
    np.testing.assert_array_equal(found[[0, 2, 3, 5]], 1)


def test_groups_are_unfrozen_one_after_the_other_with_lower_rates() -> None:
    """With equal gradients, a weight of group N changes 2.6 ** N times less, from epoch N + 1 on."""
    free, last, first = (keras.Variable(np.ones(3, np.float32)) for _ in range(3))
    optimizer = LazyAdam(0.1)
    optimizer.build([free, last, first])
    optimizer.unfreeze([[last], [first]], steps=2)
    random = np.random.default_rng(1)
    for step in range(6):
        before = [np.array(each) for each in (free, last, first)]
        gradient = keras.ops.convert_to_tensor(random.normal(size=3).astype(np.float32))
        optimizer.apply([gradient] * 3)
        changes = [np.array(each) - old for each, old in zip((free, last, first), before, strict=True)]
        for number, change in enumerate(changes):
            expected = changes[0] / 2.6**number if step >= 2 * number else np.zeros(3)
            np.testing.assert_allclose(change, expected, rtol=1e-3, atol=1e-6)
