"""Custom gradients and backpropagation on any Keras backend."""

from collections.abc import Callable, Sequence
from typing import Any

import keras
from keras import ops

from seqnlp.types import Tensor


def custom_gradient(function: Callable[..., tuple[Tensor, Callable[[Tensor], Any]]]) -> Callable[..., Tensor]:
    """Let a function define its own gradient: `keras.ops.custom_gradient` with type annotations.

    Args:
        function: Returns its result and a function that maps the gradient of the result to the gradients of
            the arguments.
    """
    decorated: Callable[..., Tensor] = ops.custom_gradient(function)
    return decorated


def backpropagate(
    function: Callable[..., Tensor], inputs: Sequence[Tensor], upstream: Tensor
) -> list[Tensor]:
    """Compute the gradients of a function's inputs from the gradient of its result.

    Args:
        function: A function from tensors to one tensor.
        inputs: The arguments of the function.
        upstream: The gradient of the result.

    Returns:
        One gradient per input; zeros for an input that does not affect the result.
    """
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        with tf.GradientTape() as tape:
            tape.watch(inputs)
            result = function(*inputs)
        zero = tf.UnconnectedGradients.ZERO
        gradients: list[Tensor] = tape.gradient(result, inputs, upstream, unconnected_gradients=zero)
        return gradients
    if keras.backend.backend() == "jax":
        import jax  # seqnlp does not install it; users who set KERAS_BACKEND do

        return list(jax.vjp(function, *inputs)[1](upstream))
    import torch

    vjp: Any = torch.autograd.functional.vjp
    return list(vjp(function, tuple(inputs), upstream)[1])
