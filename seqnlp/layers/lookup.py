"""Table lookup by ids."""

import keras
from keras import ops

from seqnlp.types import Tensor


def lookup(table: Tensor, ids: Tensor) -> Tensor:
    """Return the rows of a table with the given ids, which must not be negative.

    `keras.ops.take` lets negative ids count from the end. On TensorFlow this adds ten operators to an
    exported graph, so this function calls `tf.gather` there.

    Args:
        table: A variable or tensor, [rows, dimension].
        ids: int32 of any shape.

    Returns:
        [*shape of ids, dimension].
    """
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        return tf.gather(ops.convert_to_tensor(table), ids)
    return ops.take(table, ids, axis=0)
