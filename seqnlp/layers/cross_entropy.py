"""The cross entropy of many classes, in two passes over their scores forwards and two back."""

from collections.abc import Callable
from functools import cache
from typing import Any

from keras import ops

from seqnlp.layers.compiled import compiled

Tensor = Any


def cross_entropy(logits: Tensor, wanted: Tensor, weights: Tensor, smoothing: float, first: int) -> Tensor:
    """The sum of weighted cross entropies.

    With as many classes as a vocabulary has pieces, what costs is going over all scores: written operation by
    operation, it is done once for each.

    Args:
        logits: [..., classes].
        wanted: int32 [...], the right classes.
        weights: [...], what each counts; 0 in the padding.
        smoothing: The share of a class's weight that is spread over all possible classes (Szegedy et al.
            2016).
        first: The first possible class; those before it have scores of -1e9, and no share.

    Returns:
        The sum, a scalar; differentiable by the logits.
    """
    return _summed(smoothing, first)(logits, wanted, weights)


@cache
def _summed(smoothing: float, first: int) -> Callable[[Tensor, Tensor, Tensor], Tensor]:
    def forward(logits: Tensor, wanted: Tensor, weights: Tensor) -> Any:
        shares = _shares(logits, wanted, smoothing, first)
        highest = ops.max(logits, axis=-1, keepdims=True)
        total = ops.log(ops.sum(ops.exp(logits - highest), axis=-1, keepdims=True)) + highest
        losses = total[..., 0] - ops.sum(shares * logits, axis=-1)
        return ops.sum(losses * weights), total

    def backward(logits: Tensor, wanted: Tensor, weights: Tensor, total: Tensor, upstream: Tensor) -> Tensor:
        shares = _shares(logits, wanted, smoothing, first)
        return (ops.exp(logits - total) - shares) * (weights * upstream)[..., None]

    forward, backward = compiled(forward), compiled(backward)

    @ops.custom_gradient
    def summed(logits: Tensor, wanted: Tensor, weights: Tensor) -> Any:
        # Our gradient is all there is: without this the tape would also differentiate the compiled function.
        logits = ops.stop_gradient(logits)
        loss, total = forward(logits, wanted, weights)

        def gradient(upstream: Tensor) -> Any:
            return backward(logits, wanted, weights, total, upstream), None, ops.zeros_like(weights)

        return loss, gradient

    return summed


def _shares(logits: Tensor, wanted: Tensor, smoothing: float, first: int) -> Tensor:
    """How much of each class is wanted, [..., classes]."""
    count = logits.shape[-1]
    classes = ops.arange(count, dtype="int32")
    spread = ops.cast(classes >= first, logits.dtype) * (smoothing / (count - first))
    right = ops.cast(classes == wanted[..., None], logits.dtype) * (1 - smoothing)
    return right + spread
