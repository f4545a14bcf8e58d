"""TensorFlow functions for the Keras contenders."""

from collections.abc import Callable
from typing import Any

import tensorflow as tf


def use_threads(count: int) -> None:
    """Set the number of threads of TensorFlow."""
    tf.config.threading.set_intra_op_parallelism_threads(count)
    tf.config.threading.set_inter_op_parallelism_threads(count)


def gradient_step(layer: Any, call: Callable[[Any], Any], shape: tuple[int, int, int]) -> Callable[[], Any]:
    """Return a compiled step that computes the gradients of the weights and the inputs of a layer.

    Args:
        layer: The layer, built.
        call: Calls the layer.
        shape: The shape of the inputs, [batch, time, units].
    """
    inputs = tf.random.normal(shape)

    @tf.function(autograph=False)
    def step() -> Any:
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            total = tf.reduce_sum(call(inputs))
        weights = [weight.value for weight in layer.trainable_variables]
        return [tf.reduce_sum(gradient) for gradient in tape.gradient(total, [inputs, *weights])]

    return lambda: [gradient.numpy() for gradient in step()]
