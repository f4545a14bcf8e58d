"""The derivative of a function, taken by whichever Keras backend runs."""

from collections.abc import Callable, Sequence
from typing import Any

import keras

Tensor = Any


def gradients(function: Callable[..., Tensor], inputs: Sequence[Tensor], upstream: Tensor) -> list[Tensor]:
    """Take the gradient of a function's result back to its inputs.

    Args:
        function: A function of tensors to a tensor.
        inputs: What it is given.
        upstream: The gradient of its result.

    Returns:
        The gradient of each input; zeros for one that does not matter.
    """
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        with tf.GradientTape() as tape:
            tape.watch(inputs)
            result = function(*inputs)
        none = tf.UnconnectedGradients.ZERO
        return tape.gradient(result, inputs, upstream, unconnected_gradients=none)
    if keras.backend.backend() == "jax":
        import jax  # not installed by seqnlp: whoever sets KERAS_BACKEND brings it

        return list(jax.vjp(function, *inputs)[1](upstream))
    import torch

    vjp: Any = torch.autograd.functional.vjp
    return list(vjp(function, tuple(inputs), upstream)[1])
