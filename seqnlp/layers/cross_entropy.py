"""Cross entropy over large vocabularies."""

from collections.abc import Callable
from functools import cache

from keras import ops

from seqnlp.layers.compilation import compile_function
from seqnlp.layers.gradients import custom_gradient
from seqnlp.types import Tensor


def cross_entropy(logits: Tensor, gold: Tensor, weights: Tensor, smoothing: float, first: int) -> Tensor:
    """Return the weighted sum of cross entropies.

    With a large vocabulary, memory traffic dominates the cost. The loss and its gradient are compiled, so
    each of them reads the logits twice instead of once per operation.

    Args:
        logits: float32 [..., classes].
        gold: int32 [...], the gold classes.
        weights: float32 [...], the weight of each position; 0 in the padding.
        smoothing: The probability that is spread over all possible classes (label smoothing, Szegedy et al.
            2016).
        first: The first possible class. The classes before it have logits of -1e9 and a target of 0.

    Returns:
        A scalar, differentiable with respect to the logits.

    Example:
        >>> logits = ops.log(ops.convert_to_tensor([[0.25, 0.75]]))
        >>> loss = cross_entropy(logits, ops.array([1]), ops.ones(1), smoothing=0.0, first=0)
        >>> round(float(loss), 4)  # -log(0.75)
        0.2877
    """
    return _build_loss(smoothing, first)(logits, gold, weights)


@cache
def _build_loss(smoothing: float, first: int) -> Callable[[Tensor, Tensor, Tensor], Tensor]:
    def forward(logits: Tensor, gold: Tensor, weights: Tensor) -> tuple[Tensor, Tensor]:
        targets = _target_distribution(logits, gold, smoothing, first)
        highest = ops.max(logits, axis=-1, keepdims=True)
        total = ops.log(ops.sum(ops.exp(logits - highest), axis=-1, keepdims=True)) + highest
        losses = total[..., 0] - ops.sum(targets * logits, axis=-1)
        return ops.sum(losses * weights), total

    def backward(logits: Tensor, gold: Tensor, weights: Tensor, total: Tensor, upstream: Tensor) -> Tensor:
        targets = _target_distribution(logits, gold, smoothing, first)
        return (ops.exp(logits - total) - targets) * (weights * upstream)[..., None]

    forward, backward = compile_function(forward), compile_function(backward)

    @custom_gradient
    def loss(logits: Tensor, gold: Tensor, weights: Tensor) -> tuple[Tensor, Callable[[Tensor], Tensor]]:
        logits = ops.stop_gradient(logits)  # otherwise the tape also differentiates the compiled function
        value, total = forward(logits, gold, weights)

        def gradient(upstream: Tensor) -> tuple[Tensor, None, Tensor]:
            return backward(logits, gold, weights, total, upstream), None, ops.zeros_like(weights)

        return value, gradient

    return loss


def _target_distribution(logits: Tensor, gold: Tensor, smoothing: float, first: int) -> Tensor:
    """Return the target distribution, [..., classes]."""
    count = logits.shape[-1]
    classes = ops.arange(count, dtype="int32")
    spread = ops.cast(classes >= first, logits.dtype) * (smoothing / (count - first))
    peak = ops.cast(classes == gold[..., None], logits.dtype) * (1 - smoothing)
    return peak + spread
