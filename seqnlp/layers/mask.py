"""Which steps of padded sequences are words."""

from typing import Any

from keras import ops

Tensor = Any


def mask(sequence: Tensor, lengths: Tensor) -> Tensor:
    """1 where a step is inside its row and 0 in the padding.

    Args:
        sequence: [time, batch, …]; gives the number of steps and the type.
        lengths: int [batch].

    Returns:
        [time, batch, 1].
    """
    steps = ops.arange(ops.shape(sequence)[0], dtype="int32")
    return ops.cast(steps[:, None] < ops.cast(lengths, "int32")[None, :], sequence.dtype)[..., None]
