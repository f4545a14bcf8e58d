"""Softmax in NumPy, for serving."""

import numpy as np

from seqnlp.types import Floats


def softmax(logits: Floats) -> Floats:
    """Return the probabilities of logits, along the last axis.

    Example:
        >>> softmax(np.log([[1.0, 3.0]])).round(2)
        array([[0.25, 0.75]])
    """
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))
