"""Gradients of functions, on any Keras backend."""

from collections.abc import Callable, Sequence
from typing import Any

import keras
from keras import ops

Tensor = Any


def custom_gradient(function: Callable[..., tuple[Tensor, Callable[[Tensor], Any]]]) -> Callable[..., Tensor]:
    """Give a function its own gradient: `keras.ops.custom_gradient`, with types.

    Args:
        function: Returns its result, and a function from the gradient of that to those of its arguments.
    """
    decorated: Callable[..., Tensor] = ops.custom_gradient(function)
    return decorated


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
        found: list[Tensor] = tape.gradient(result, inputs, upstream, unconnected_gradients=none)
        return found
    if keras.backend.backend() == "jax":
        import jax  # not installed by seqnlp: whoever sets KERAS_BACKEND brings it

        return list(jax.vjp(function, *inputs)[1](upstream))
    import torch

    vjp: Any = torch.autograd.functional.vjp
    return list(vjp(function, tuple(inputs), upstream)[1])
