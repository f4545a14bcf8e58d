"""The cross entropy and its gradient compared with those of Keras."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from seqnlp.layers.cross_entropy import cross_entropy

FIRST, CLASSES = 2, 7


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.5])
def test_loss_and_gradient_are_those_of_keras(smoothing: float) -> None:
    random = np.random.default_rng(1)
    scores = random.normal(scale=3, size=(4, 3, CLASSES)).astype(np.float32)
    scores[..., :FIRST] = -1e9
    logits = tf.constant(scores)
    gold = tf.constant(random.integers(FIRST, CLASSES, (4, 3)), tf.int32)
    weights = tf.constant(random.integers(0, 2, (4, 3)) * [[0.5], [1], [2], [3]], tf.float32)
    spread = np.where(np.arange(CLASSES) >= FIRST, smoothing / (CLASSES - FIRST), 0)
    shares = np.eye(CLASSES)[gold.numpy()] * (1 - smoothing) + spread

    def expected(logits):
        # Impossible classes have a target of 0, so their logits of -1e9 do not matter.
        losses = keras.losses.categorical_crossentropy(
            shares[..., FIRST:], logits[..., FIRST:], from_logits=True
        )
        return tf.reduce_sum(losses * weights)

    found = []
    for function in (lambda z: cross_entropy(z, gold, weights, smoothing, FIRST), expected):
        with tf.GradientTape() as tape:
            tape.watch(logits)
            loss = function(logits) * 0.25
        found.append((float(loss), tape.gradient(loss, logits).numpy()))
    (loss, gradient), (loss_of_keras, gradient_of_keras) = found
    assert loss == pytest.approx(loss_of_keras, rel=1e-5)
    np.testing.assert_allclose(gradient, gradient_of_keras, atol=1e-6)
