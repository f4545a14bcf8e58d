"""NumPy functions inside a computation on tensors."""

from collections.abc import Callable, Sequence

import keras
from keras import ops
from numpy.typing import ArrayLike

from seqnlp.types import Tensor


def run_on_host(
    function: Callable[..., Sequence[ArrayLike]], arguments: Sequence[Tensor], dtypes: Sequence[str]
) -> Sequence[Tensor]:
    """Call a NumPy function on tensors. Gradients do not flow through the call.

    TensorFlow embeds the call in its graph. The other backends call the function at once, so there it cannot
    be part of a compiled function.

    Args:
        function: A function from arrays to a sequence of arrays.
        arguments: The tensors to pass, as arrays.
        dtypes: The dtype of each result.
    """
    arguments = [ops.stop_gradient(argument) for argument in arguments]
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        types = [tf.as_dtype(name) for name in dtypes]
        results: Sequence[Tensor] = tf.numpy_function(function, arguments, types)
        return results
    return [ops.convert_to_tensor(array) for array in function(*map(ops.convert_to_numpy, arguments))]
