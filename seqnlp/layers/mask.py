"""Masks of padded sequences."""

from keras import ops

from seqnlp.types import Tensor


def sequence_mask(sequence: Tensor, lengths: Tensor) -> Tensor:
    """Return a mask that is 1 at the tokens of each row and 0 in the padding.

    Args:
        sequence: [time, batch, ...]; defines the number of steps and the dtype of the mask.
        lengths: int [batch].

    Returns:
        [time, batch, 1].
    """
    steps = ops.arange(ops.shape(sequence)[0], dtype="int32")
    return ops.cast(steps[:, None] < ops.cast(lengths, "int32")[None, :], sequence.dtype)[..., None]
