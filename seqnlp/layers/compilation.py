"""Just-in-time compilation on any Keras backend."""

from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

import keras

Function = TypeVar("Function", bound=Callable[..., Any])


@cache
def compile_function(function: Function) -> Function:
    """Compile a function with XLA, once for each combination of input shapes.

    An interpreted loop over T steps launches every operation in its body T times. A compiled body consists of
    a few fused kernels. TensorFlow and JAX compile. On PyTorch the function is returned unchanged.

    Args:
        function: A pure function from tensors to a nest of tensors, written with `keras.ops`.
    """
    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        tensorflow_function: Function = tf.function(function, jit_compile=True, autograph=False)
        return tensorflow_function
    if backend == "jax":
        import jax  # seqnlp does not install it; users who set KERAS_BACKEND do

        jax_function: Function = jax.jit(function)
        return jax_function
    return function
