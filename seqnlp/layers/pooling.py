"""From the hidden states of a text to one vector. All of it is time-major.

A row of length 0 gives zeros.
"""

from typing import Any

import keras
from keras import ops

from seqnlp.layers.mask import mask

Tensor = Any


@keras.saving.register_keras_serializable("seqnlp")
class LastPooling(keras.layers.Layer):
    """The state at the end of each direction's way: of the backward one, that at the first word.

    Args:
        bidirectional: Whether the second half of a state is of the backward direction.
    """

    def __init__(self, bidirectional: bool, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.bidirectional = bidirectional

    def call(self, states: Tensor, lengths: Tensor) -> Tensor:
        """Pool states [time, batch, size] of rows of the given lengths to [batch, size]."""
        inside = mask(states, lengths)
        last = inside - ops.concatenate([inside[1:], ops.zeros_like(inside[:1])], axis=0)
        if not self.bidirectional:
            return ops.sum(states * last, axis=0)
        half = states.shape[-1] // 2
        ends = (ops.sum(states[..., :half] * last, axis=0), states[0, :, half:] * inside[0])
        return ops.concatenate(ends, axis=-1)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), "bidirectional": self.bidirectional}


@keras.saving.register_keras_serializable("seqnlp")
class MaxPooling(keras.layers.Layer):
    """The greatest value of each unit (Collobert et al. 2011, section 3.3.2); hidden states are above -1."""

    def call(self, states: Tensor, lengths: Tensor) -> Tensor:
        """Pool states [time, batch, size] of rows of the given lengths to [batch, size]."""
        inside = mask(states, lengths)
        return ops.max(states + 2 * (inside - 1), axis=0) * inside[0]


@keras.saving.register_keras_serializable("seqnlp")
class MeanPooling(keras.layers.Layer):
    """The mean of the states."""

    def call(self, states: Tensor, lengths: Tensor) -> Tensor:
        """Pool states [time, batch, size] of rows of the given lengths to [batch, size]."""
        inside = mask(states, lengths)
        return ops.sum(states * inside, axis=0) / ops.maximum(ops.sum(inside, axis=0), 1.0)


@keras.saving.register_keras_serializable("seqnlp")
class AttentionPooling(keras.layers.Layer):
    """The mean of the states, weighted by how much each counts (Yang et al. 2016, equations 5 to 7).

    Args:
        size: Of the hidden layer that weighs a state.
    """

    def __init__(self, size: int = 100, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.size = size
        self.hidden = keras.layers.Dense(size, activation="tanh", name="hidden")
        self.context = keras.layers.Dense(1, use_bias=False, name="context")

    def build(self, states_shape: Any, lengths_shape: Any = None) -> None:
        """Create the weights."""
        self.hidden.build(states_shape)
        self.context.build((*states_shape[:-1], self.size))
        self.built = True

    def weights_of(self, states: Tensor, lengths: Tensor) -> Tensor:
        """How much each state counts, [time, batch, 1]; a row's sum is 1, or 0 where it is empty."""
        inside = mask(states, lengths)
        scores = self.context(self.hidden(states)) + (inside - 1) * 1e6
        powers = ops.exp(scores - ops.max(scores, axis=0, keepdims=True)) * inside
        return powers / ops.maximum(ops.sum(powers, axis=0, keepdims=True), 1e-30)

    def call(self, states: Tensor, lengths: Tensor) -> Tensor:
        """Pool states [time, batch, size] of rows of the given lengths to [batch, size]."""
        return ops.sum(states * self.weights_of(states, lengths), axis=0)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), "size": self.size}
