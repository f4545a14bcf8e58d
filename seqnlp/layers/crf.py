"""The linear-chain conditional random field (Lafferty et al. 2001) over a network's emissions.

A path of tags y scores  start[y_1] + sum_t emissions[t, y_t] + sum_t transitions[y_t-1, y_t] + end[y_T].

Sums over all paths run in log space, but so that each step is a matrix product: with m the largest of the
running scores a,  log(exp(a - m) @ exp(transitions)) + m.  Transitions that the tagging scheme forbids have
exp(transition) = 0. The likelihood has its own gradient: the difference of observed counts and those that
the forward-backward algorithm expects (Rabiner 1989, eq. 27 and 37), which one more loop yields.
"""

from typing import Any

import keras
import numpy as np
from keras import ops

from seqnlp.layers.compiled import compiled
from seqnlp.layers.mask import mask
from seqnlp.layers.scan import scan

Tensor = Any

FORBIDDEN = -1e4
"""The score of a step that the scheme forbids: exp() of it is 0, yet sums of many stay finite in float32."""
_TINY = 1e-37
_LOWEST = -1e30


def _sweep(emissions: Tensor, first: Tensor, inside: Tensor, start: Tensor, weights: Tensor) -> Tensor:
    """Sum over the paths up to each tag, its emission included, in log space.

    Forwards it gives the alphas. Over reversed steps and transposed transitions it gives the betas, each with
    its own emission.

    Args:
        emissions: [time, batch, K].
        first: [time, batch, 1], 1 where a sentence begins, else 0.
        inside: [time, batch, 1], 1 where it goes on; where both are 0 the sums wait.
        start: [K], the score of beginning with a tag.
        weights: [K, K], exp(transitions).

    Returns:
        [time, batch, K].
    """

    def step(state: Any, at: Any) -> Any:
        (sums,), (emission, begins, goes_on) = state, at
        highest = ops.max(sums, axis=-1, keepdims=True)
        through = ops.log(ops.matmul(ops.exp(sums - highest), weights) + _TINY) + highest
        waiting = 1 - begins - goes_on
        sums = begins * (start + emission) + goes_on * (through + emission) + waiting * sums
        return (sums,), (sums,)

    nothing = ops.zeros_like(emissions[0])
    _, (sums,) = scan(step, (nothing,), (emissions, first, inside), start.shape, reverse=False)
    return sums


def _log_likelihood(
    emissions: Tensor, tags: Tensor, mask: Tensor, transitions: Tensor, start: Tensor, end: Tensor
) -> Any:
    """The log-likelihood of `tags`, summed over the batch, and its gradients; time-major."""
    first = ops.concatenate([mask[:1], ops.zeros_like(mask[1:])], axis=0)
    last = mask - ops.concatenate([mask[1:], ops.zeros_like(mask[:1])], axis=0)
    weights = ops.exp(transitions)
    sweep = compiled(_sweep)
    alphas = sweep(emissions, first, mask - first, start, weights)
    mirrored = (ops.flip(each, axis=0) for each in (emissions, last, mask - last))
    betas = ops.flip(sweep(*mirrored, end, ops.transpose(weights)), axis=0) - emissions
    total = ops.logsumexp(alphas[-1] + end[None, :], axis=-1)

    gold = ops.one_hot(tags, transitions.shape[0], dtype=emissions.dtype) * mask
    observed = ops.matmul(ops.transpose(_flat(gold[:-1])), _flat(gold[1:]))
    score = (
        ops.sum(gold * emissions)
        + ops.sum(observed * transitions)
        + ops.sum(gold[0] * start[None, :])
        + ops.sum(gold * last * end[None, None, :])
    )
    marginals = ops.softmax(alphas + betas, axis=-1) * mask
    return (
        score - ops.sum(total * mask[0, :, 0]),
        gold - marginals,
        observed - _expected_steps(alphas[:-1], (emissions + betas)[1:], mask[1:], total, transitions),
        ops.sum(gold[0] - marginals[0], axis=0),
        ops.sum((gold - marginals) * last, axis=(0, 1)),
    )


def _expected_steps(left: Tensor, right: Tensor, mask: Tensor, total: Tensor, transitions: Tensor) -> Tensor:
    """The expected number of steps i -> j, [K, K]: sum of exp(left[i] + transitions[i, j] + right[j] - Z).

    Both halves are scaled to at most 1, so that neither overflows, and the scale is put on the left.
    """
    # A lower bound, since sequences of one word have no steps, and Keras no maximum of nothing.
    left_high = ops.max(left, axis=-1, keepdims=True, initial=_LOWEST)
    right_high = ops.max(right, axis=-1, keepdims=True, initial=_LOWEST)
    scale = ops.exp(ops.minimum(left_high + right_high - total[None, :, None], 60.0)) * mask
    before = _flat(ops.exp(left - left_high) * scale)
    after = _flat(ops.exp(right - right_high))
    return ops.matmul(ops.transpose(before), after) * ops.exp(transitions)


def _flat(sequence: Tensor) -> Tensor:
    return ops.reshape(sequence, (-1, sequence.shape[-1]))


@ops.custom_gradient
def _likelihood(
    emissions: Tensor, tags: Tensor, mask: Tensor, transitions: Tensor, start: Tensor, end: Tensor
) -> Any:
    inputs = [ops.stop_gradient(x) for x in (emissions, tags, mask, transitions, start, end)]
    likelihood, d_emissions, d_transitions, d_start, d_end = _log_likelihood(*inputs)

    def gradient(upstream: Tensor) -> Any:
        return (
            d_emissions * upstream,
            None,
            None,
            d_transitions * upstream,
            d_start * upstream,
            d_end * upstream,
        )

    return likelihood, gradient


@keras.saving.register_keras_serializable("seqnlp")
class CRF(keras.layers.Layer):
    """Scores of steps between K tags, with those that the tagging scheme forbids ruled out.

    Args:
        transitions: Booleans [K][K]; whether tag j may follow tag i.
        start: Booleans [K]; whether a sequence may begin with the tag.
        end: Booleans [K]; whether it may end with the tag.
    """

    def __init__(self, transitions: Any, start: Any, end: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.legal = [np.asarray(legal, bool) for legal in (transitions, start, end)]

    def build(self, emissions_shape: Any = None) -> None:
        """Create the scores: transitions [K, K], start [K], end [K]."""
        count = len(self.legal[1])
        self.transitions = self.add_weight(name="transitions", shape=(count, count), initializer="zeros")
        self.start = self.add_weight(name="start", shape=(count,), initializer="zeros")
        self.end = self.add_weight(name="end", shape=(count,), initializer="zeros")

    def call(self, emissions: Tensor) -> Tensor:
        """Pass the emissions through; the layer acts on losses and on decoding."""
        return emissions

    def scores(self) -> tuple[Tensor, Tensor, Tensor]:
        """Transitions, start and end scores, `FORBIDDEN` where the scheme forbids."""
        weights = (self.transitions, self.start, self.end)
        return tuple(
            ops.where(legal, ops.copy(weight), FORBIDDEN)
            for legal, weight in zip(self.legal, weights, strict=True)
        )

    def log_likelihood(self, emissions: Tensor, tags: Tensor, lengths: Tensor) -> Tensor:
        """The log-likelihood of the tag paths, summed over the batch.

        Args:
            emissions: float32 [batch, time, K].
            tags: int32 [batch, time].
            lengths: int32 [batch]; a row of length 0 adds nothing.

        Returns:
            A scalar.
        """
        emissions = ops.transpose(emissions, (1, 0, 2))
        inside = mask(emissions, lengths)
        return _likelihood(emissions, ops.transpose(tags), inside, *self.scores())

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        transitions, start, end = (legal.tolist() for legal in self.legal)
        return {**super().get_config(), "transitions": transitions, "start": start, "end": end}
