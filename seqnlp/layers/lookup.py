"""Rows of a table by their ids."""

from typing import Any

import keras
from keras import ops

Tensor = Any


def lookup(table: Tensor, ids: Tensor) -> Tensor:
    """Take rows of a table, as `ops.take` does, for ids that are never negative.

    `ops.take` counts negative ids from the end, for which it computes as much as a small layer: ten operators
    in a graph.

    Args:
        table: [rows, dimension], a variable or a tensor.
        ids: int32 of any shape.

    Returns:
        [*shape of ids, dimension].
    """
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        return tf.gather(ops.convert_to_tensor(table), ids)
    return ops.take(table, ids, axis=0)
