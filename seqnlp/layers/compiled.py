"""Compilation of the hot numeric functions, in the manner of whichever Keras backend runs."""

from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

import keras

Function = TypeVar("Function", bound=Callable[..., Any])


@cache
def compiled(function: Function) -> Function:
    """Compile `function` of tensors by XLA, once for each set of shapes it meets.

    A recurrence of T steps costs a stock TensorFlow graph T times the overhead of each operation in its
    body; compiled, the body is a few fused loops. On the PyTorch backend the function is returned as is.

    Args:
        function: A pure function of tensors to a nest of tensors, written in `keras.ops`.
    """
    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        return tf.function(function, jit_compile=True, autograph=False)
    if backend == "jax":
        import jax  # not installed by seqnlp: whoever sets KERAS_BACKEND brings it

        return jax.jit(function)
    return function
