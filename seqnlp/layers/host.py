"""Functions of arrays in the midst of tensors."""

from collections.abc import Callable, Sequence
from typing import Any

import keras
from keras import ops

Tensor = Any


def on_host(
    function: Callable[..., Sequence[Any]], arguments: Sequence[Tensor], dtypes: Sequence[str]
) -> Sequence[Tensor]:
    """Compute with NumPy what no tensor operation is made for; nothing is differentiated through it.

    Args:
        function: Takes arrays and gives arrays.
        arguments: What it is given.
        dtypes: Of each array that it gives.
    """
    arguments = [ops.stop_gradient(argument) for argument in arguments]
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        return tf.numpy_function(function, arguments, [tf.as_dtype(name) for name in dtypes])
    return [ops.convert_to_tensor(found) for found in function(*map(ops.convert_to_numpy, arguments))]
