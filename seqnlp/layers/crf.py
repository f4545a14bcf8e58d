"""The linear-chain conditional random field (Lafferty et al. 2001) over the emissions of a network.

The score of a tag path y is  start[y_1] + sum_t emissions[t, y_t] + sum_t transitions[y_t-1, y_t] + end[y_T].

Sums over all paths are computed in log space, with one matrix product per step: if m is the largest of the
running scores a, the next sums are  log(exp(a - m) @ exp(transitions)) + m.  A forbidden transition has
exp(transition) = 0. The gradient of the log-likelihood is the difference between the observed counts and the
expected counts of the forward-backward algorithm (Rabiner 1989, equations 27 and 37), computed by a second
loop.
"""

from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from seqnlp.layers.compilation import compile_function
from seqnlp.layers.gradients import custom_gradient
from seqnlp.layers.mask import sequence_mask
from seqnlp.layers.scan import State, scan
from seqnlp.types import Tensor

FORBIDDEN = -1e4
"""The score of a forbidden transition: its exponential is 0, and sums of many stay finite in float32."""
_TINY = 1e-37
_LOWEST = -1e30


@keras.saving.register_keras_serializable("seqnlp")
class CRF(keras.layers.Layer):
    """Transition scores between K tags. Transitions that the tagging scheme forbids are excluded.

    Args:
        transitions: Flags [K][K], whether tag j may follow tag i.
        start: Flags [K], whether a sequence may start with the tag.
        end: Flags [K], whether a sequence may end with the tag.

    Example:
        >>> import numpy as np
        >>> crf = CRF([[True, False], [True, True]], start=[True, True], end=[True, True])
        >>> crf.build()
        >>> emissions, tags = np.zeros((1, 3, 2), "float32"), np.array([[1, 0, 0]])
        >>> likelihood = crf.log_likelihood(emissions, tags, np.array([3]))
        >>> round(float(np.exp(likelihood)), 4)  # one of four legal paths
        0.25
    """

    def __init__(
        self, transitions: Sequence[Sequence[bool]], start: Sequence[bool], end: Sequence[bool], **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.legal = [np.asarray(legal, bool) for legal in (transitions, start, end)]

    def build(self, emissions_shape: Any = None) -> None:
        """Create the scores: transitions [K, K], start [K] and end [K]."""
        count = len(self.legal[1])
        self.transitions = self.add_weight(name="transitions", shape=(count, count), initializer="zeros")
        self.start = self.add_weight(name="start", shape=(count,), initializer="zeros")
        self.end = self.add_weight(name="end", shape=(count,), initializer="zeros")

    def call(self, emissions: Tensor) -> Tensor:
        """Return the emissions unchanged. The layer acts in the loss and in decoding."""
        return emissions

    def scores(self) -> tuple[Tensor, Tensor, Tensor]:
        """Return the transition, start and end scores, `FORBIDDEN` where the scheme forbids them."""
        weights = (self.transitions, self.start, self.end)
        return tuple(
            ops.where(legal, ops.copy(weight), FORBIDDEN)
            for legal, weight in zip(self.legal, weights, strict=True)
        )

    def log_likelihood(self, emissions: Tensor, tags: Tensor, lengths: Tensor) -> Tensor:
        """Return the log-likelihood of tag paths, summed over the batch.

        Args:
            emissions: float32 [batch, time, K].
            tags: int32 [batch, time].
            lengths: int32 [batch]. A row of length 0 does not count.

        Returns:
            A scalar.
        """
        emissions = ops.transpose(emissions, (1, 0, 2))
        mask = sequence_mask(emissions, lengths)
        return _differentiable_likelihood(emissions, ops.transpose(tags), mask, *self.scores())

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments, the flags as lists."""
        transitions, start, end = (legal.tolist() for legal in self.legal)
        return {**super().get_config(), "transitions": transitions, "start": start, "end": end}


@custom_gradient
def _differentiable_likelihood(
    emissions: Tensor, tags: Tensor, mask: Tensor, transitions: Tensor, start: Tensor, end: Tensor
) -> tuple[Tensor, Callable[[Tensor], State]]:
    inputs = [ops.stop_gradient(x) for x in (emissions, tags, mask, transitions, start, end)]
    likelihood, d_emissions, d_transitions, d_start, d_end = _likelihood_and_gradients(*inputs)

    def gradient(upstream: Tensor) -> State:
        return (
            d_emissions * upstream,
            None,
            None,
            d_transitions * upstream,
            d_start * upstream,
            d_end * upstream,
        )

    return likelihood, gradient


def _likelihood_and_gradients(
    emissions: Tensor, tags: Tensor, mask: Tensor, transitions: Tensor, start: Tensor, end: Tensor
) -> State:
    """Return the log-likelihood of time-major tags, summed over the batch, and its gradients."""
    first = ops.concatenate([mask[:1], ops.zeros_like(mask[1:])], axis=0)
    last = mask - ops.concatenate([mask[1:], ops.zeros_like(mask[:1])], axis=0)
    weights = ops.exp(transitions)
    sum_paths = compile_function(_sum_paths)
    alphas = sum_paths(emissions, first, mask - first, start, weights)
    mirrored = (ops.flip(each, axis=0) for each in (emissions, last, mask - last))
    betas = ops.flip(sum_paths(*mirrored, end, ops.transpose(weights)), axis=0) - emissions
    total = ops.logsumexp(alphas[-1] + end[None, :], axis=-1)

    gold = ops.one_hot(tags, transitions.shape[0], dtype=emissions.dtype) * mask
    observed = ops.matmul(ops.transpose(_flatten(gold[:-1])), _flatten(gold[1:]))
    score = (
        ops.sum(gold * emissions)
        + ops.sum(observed * transitions)
        + ops.sum(gold[0] * start[None, :])
        + ops.sum(gold * last * end[None, None, :])
    )
    marginals = ops.softmax(alphas + betas, axis=-1) * mask
    expected = _expected_transitions(alphas[:-1], (emissions + betas)[1:], mask[1:], total, transitions)
    return (
        score - ops.sum(total * mask[0, :, 0]),
        gold - marginals,
        observed - expected,
        ops.sum(gold[0] - marginals[0], axis=0),
        ops.sum((gold - marginals) * last, axis=(0, 1)),
    )


def _sum_paths(emissions: Tensor, first: Tensor, later: Tensor, start: Tensor, weights: Tensor) -> Tensor:
    """Return the log of the sum over all paths that end with each tag at each step, emission included.

    These are the alphas. On reversed steps and transposed transitions they are the betas plus the emissions.

    Args:
        emissions: [time, batch, K].
        first: [time, batch, 1], 1 at the first token of a sentence.
        later: [time, batch, 1], 1 at later tokens. Where both masks are 0, the sums do not change.
        start: [K], the scores of starting with a tag.
        weights: [K, K], exp(transitions).

    Returns:
        [time, batch, K].
    """

    def step(state: State, inputs: State) -> tuple[State, State]:
        (sums,), (emission, is_first, is_later) = state, inputs
        highest = ops.max(sums, axis=-1, keepdims=True)
        through = ops.log(ops.matmul(ops.exp(sums - highest), weights) + _TINY) + highest
        is_padding = 1 - is_first - is_later
        sums = is_first * (start + emission) + is_later * (through + emission) + is_padding * sums
        return (sums,), (sums,)

    zeros = ops.zeros_like(emissions[0])
    _, (sums,) = scan(step, (zeros,), (emissions, first, later), start.shape, reverse=False)
    return sums


def _expected_transitions(
    left: Tensor, right: Tensor, mask: Tensor, total: Tensor, transitions: Tensor
) -> Tensor:
    """Return the expected counts of transitions, the sum of exp(left[i] + transitions[i, j] + right[j] - Z).

    Both factors are scaled to at most 1, so that neither overflows. The left factor includes the scale.
    """
    # Sequences of one token have no transitions; `initial` defines the maximum of an empty array.
    left_high = ops.max(left, axis=-1, keepdims=True, initial=_LOWEST)
    right_high = ops.max(right, axis=-1, keepdims=True, initial=_LOWEST)
    scale = ops.exp(ops.minimum(left_high + right_high - total[None, :, None], 60.0)) * mask
    before = _flatten(ops.exp(left - left_high) * scale)
    after = _flatten(ops.exp(right - right_high))
    return ops.matmul(ops.transpose(before), after) * ops.exp(transitions)


def _flatten(sequence: Tensor) -> Tensor:
    return ops.reshape(sequence, (-1, sequence.shape[-1]))
