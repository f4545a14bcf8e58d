"""Pooling layers: from the hidden states of a text to one vector.

Hidden states are time-major. A row of length 0 becomes zeros.
"""

from typing import Any

import keras
from keras import ops

from seqnlp.layers.mask import sequence_mask
from seqnlp.types import Tensor


@keras.saving.register_keras_serializable("seqnlp")
class LastPooling(keras.layers.Layer):
    """The final state of each direction: at the last token, or at the first token if it reads backwards.

    Args:
        bidirectional: Whether the end of a state belongs to the backward direction.
        backward_size: The number of these units; by default half of the state.

    Example:
        >>> import numpy as np
        >>> states = np.array([[[1.0]], [[2.0]], [[3.0]]], "float32")  # [time, batch, size]
        >>> LastPooling(bidirectional=False)(states, np.array([2])).numpy().tolist()
        [[2.0]]
    """

    def __init__(self, bidirectional: bool, backward_size: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.bidirectional = bidirectional
        self.backward_size = backward_size

    def call(self, states: Tensor, lengths: Tensor) -> Tensor:
        """Pool states [time, batch, size] of rows with the given lengths to [batch, size]."""
        mask = sequence_mask(states, lengths)
        last = mask - ops.concatenate([mask[1:], ops.zeros_like(mask[:1])], axis=0)
        if not self.bidirectional:
            return ops.sum(states * last, axis=0)
        size = states.shape[-1]
        forward = size - (size // 2 if self.backward_size is None else self.backward_size)
        ends = (ops.sum(states[..., :forward] * last, axis=0), states[0, :, forward:] * mask[0])
        return ops.concatenate(ends, axis=-1)


@keras.saving.register_keras_serializable("seqnlp")
class MaxPooling(keras.layers.Layer):
    """The maximum of each unit over time (Collobert et al. 2011, section 3.3.2).

    Units must be above -10,000.

    Example:
        >>> import numpy as np
        >>> states = np.array([[[0.1]], [[0.5]], [[0.9]]], "float32")  # [time, batch, size]
        >>> MaxPooling()(states, np.array([2])).numpy().tolist()
        [[0.5]]
    """

    def call(self, states: Tensor, lengths: Tensor) -> Tensor:
        """Pool states [time, batch, size] of rows with the given lengths to [batch, size]."""
        mask = sequence_mask(states, lengths)
        return ops.max(states + 20_000 * (mask - 1), axis=0) * mask[0]


@keras.saving.register_keras_serializable("seqnlp")
class MeanPooling(keras.layers.Layer):
    """The mean of the states over time.

    Example:
        >>> import numpy as np
        >>> states = np.array([[[1.0]], [[2.0]], [[9.0]]], "float32")  # [time, batch, size]
        >>> MeanPooling()(states, np.array([2])).numpy().tolist()
        [[1.5]]
    """

    def call(self, states: Tensor, lengths: Tensor) -> Tensor:
        """Pool states [time, batch, size] of rows with the given lengths to [batch, size]."""
        mask = sequence_mask(states, lengths)
        return ops.sum(states * mask, axis=0) / ops.maximum(ops.sum(mask, axis=0), 1.0)


@keras.saving.register_keras_serializable("seqnlp")
class ConcatPooling(keras.layers.Layer):
    """The final states, the maximum and the mean over time (Howard and Ruder 2018, section 3.3).

    Args:
        bidirectional: As for `LastPooling`.
        backward_size: As for `LastPooling`.

    Example:
        >>> import numpy as np
        >>> states = np.array([[[0.5]], [[0.25]], [[3.0]]], "float32")  # [time, batch, size]
        >>> ConcatPooling(bidirectional=False)(states, np.array([2])).numpy().tolist()
        [[0.25, 0.5, 0.375]]
    """

    def __init__(self, bidirectional: bool, backward_size: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.bidirectional = bidirectional
        self.backward_size = backward_size
        self.poolings: list[Any] = [LastPooling(bidirectional, backward_size), MaxPooling(), MeanPooling()]

    def build(self, states_shape: Any, lengths_shape: Any = None) -> None:
        """Build the three poolings, which have no weights."""
        for pooling in self.poolings:
            pooling.build(states_shape)
        self.built = True

    def call(self, states: Tensor, lengths: Tensor) -> Tensor:
        """Pool states [time, batch, size] of rows with the given lengths to [batch, 3 * size]."""
        return ops.concatenate([pooling(states, lengths) for pooling in self.poolings], axis=-1)


@keras.saving.register_keras_serializable("seqnlp")
class AttentionPooling(keras.layers.Layer):
    """The mean of the states, weighted by attention (Yang et al. 2016, equations 5 to 7).

    Args:
        size: Size of the hidden layer that scores a state.

    Example:
        >>> import numpy as np
        >>> states, lengths = np.ones((3, 2, 6), "float32"), np.array([3, 2])
        >>> layer = AttentionPooling()
        >>> tuple(layer(states, lengths).shape)
        (2, 6)
        >>> layer.attention_weights(states, lengths)[:, 1, 0].numpy().tolist()
        [0.5, 0.5, 0.0]
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

    def attention_weights(self, states: Tensor, lengths: Tensor) -> Tensor:
        """Return the weight of each state, [time, batch, 1]. A row sums to 1, an empty row to 0."""
        mask = sequence_mask(states, lengths)
        scores = self.context(self.hidden(states)) + (mask - 1) * 1e6
        powers = ops.exp(scores - ops.max(scores, axis=0, keepdims=True)) * mask
        return powers / ops.maximum(ops.sum(powers, axis=0, keepdims=True), 1e-30)

    def call(self, states: Tensor, lengths: Tensor) -> Tensor:
        """Pool states [time, batch, size] of rows with the given lengths to [batch, size]."""
        return ops.sum(states * self.attention_weights(states, lengths), axis=0)
