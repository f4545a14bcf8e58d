"""The lazy optimiser against Keras' Adam."""

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


def test_dense_gradients_move_as_in_keras() -> None:
    random = np.random.default_rng(0)
    gradients = [tf.constant(random.normal(size=(6, 3)).astype(np.float32)) for _ in range(5)]
    expected = steps(keras.optimizers.Adam(0.1, global_clipnorm=1.0), gradients)
    np.testing.assert_allclose(steps(LazyAdam(0.1, global_clipnorm=1.0), gradients), expected, atol=1e-5)


def test_rows_used_at_every_step_move_as_in_keras_and_others_not_at_all() -> None:
    random = np.random.default_rng(1)
    values = [random.normal(size=(3, 3)).astype(np.float32) for _ in range(4)]
    rows = np.array([4, 1, 4])  # a row twice: its gradients add up
    dense = [np.zeros((6, 3), np.float32) for _ in values]
    for full, value in zip(dense, values, strict=True):
        np.add.at(full, rows, value)
    sparse = [tf.IndexedSlices(tf.constant(value), tf.constant(rows), (6, 3)) for value in values]
    expected = steps(keras.optimizers.Adam(0.1), [tf.constant(full) for full in dense])
    found = steps(LazyAdam(0.1), sparse)
    np.testing.assert_allclose(found, expected, atol=1e-5)
    np.testing.assert_array_equal(found[[0, 2, 3, 5]], 1)
