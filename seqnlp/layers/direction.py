"""One direction of a recurrent layer."""

from typing import Any

import keras
from keras import ops

from seqnlp.layers.cells import get_cell
from seqnlp.layers.recurrence import build_recurrence, unstack
from seqnlp.layers.scan import State
from seqnlp.types import Tensor


@keras.saving.register_keras_serializable("seqnlp")
class Direction(keras.layers.Layer):
    """One direction of a recurrent layer, with weights and initializers as in `keras.layers`.

    H is the number of units.

    Args:
        cell: `lstm`, `gru` or `rnn`.
        units: H, the size of the hidden state.
        backwards: Whether to read from the last token to the first.
        recurrent_dropout: Dropout rate of the hidden state before the recurrent product. The same units are
            dropped at every step of a sequence (Gal and Ghahramani 2016).
        weight_dropout: Dropout rate of the recurrent kernel. The same weights are dropped at every step of a
            batch (DropConnect; Merity, Keskar and Socher 2018).
        seed: Seed of the dropout.

    Example:
        >>> import numpy as np
        >>> direction = Direction("gru", units=8, backwards=False)
        >>> inputs, mask = np.ones((5, 2, 3), "float32"), np.ones((5, 2, 1), "float32")
        >>> hidden, last = direction(inputs, mask)  # [time, batch, H] and [states, batch, H]
        >>> tuple(hidden.shape), tuple(last.shape)
        ((5, 2, 8), (1, 2, 8))
    """

    def __init__(
        self,
        cell: str,
        units: int,
        backwards: bool,
        recurrent_dropout: float = 0.0,
        weight_dropout: float = 0.0,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.cell = get_cell(cell)
        self.units = units
        self.backwards = backwards
        self.dropout = keras.layers.Dropout(recurrent_dropout, seed=seed)
        self.weight_dropout = keras.layers.Dropout(weight_dropout, seed=seed)

    def build(self, inputs_shape: tuple[int | None, ...], mask_shape: Any = None) -> None:
        """Create the kernel [input, gates * H], the recurrent kernel [H, gates * H] and the bias."""
        width = self.cell.gates * self.units
        self.kernel = self.add_weight(
            name="kernel", shape=(inputs_shape[-1], width), initializer="glorot_uniform"
        )
        self.recurrent_kernel = self.add_weight(
            name="recurrent_kernel", shape=(self.units, width), initializer="orthogonal"
        )
        self.bias = self.add_weight(
            name="bias",
            shape=(2, width) if self.cell.recurrent_bias else (width,),
            initializer=_forget_bias if self.cell.name == "lstm" else "zeros",
        )

    def call(
        self, inputs: Tensor, mask: Tensor, start: Tensor | None = None, training: bool = False
    ) -> tuple[Tensor, Tensor]:
        """Run over a sequence.

        Args:
            inputs: float32 [time, batch, input].
            mask: float32 [time, batch, 1], 1 at tokens and 0 in the padding.
            start: The initial state, [states, batch, H]; None for zeros.
            training: Whether to apply dropout.

        Returns:
            The hidden states, [time, batch, H], and the final state, [states, batch, H].
        """
        if self.backwards:
            inputs, mask = ops.flip(inputs, axis=0), ops.flip(mask, axis=0)
        time, batch = ops.shape(inputs)[0], ops.shape(inputs)[1]
        bias, recurrent_bias = self._biases()
        flat = ops.reshape(inputs, (-1, self.kernel.shape[0]))
        projected = ops.reshape(ops.matmul(flat, self.kernel) + bias, (time, batch, self.kernel.shape[1]))
        ones = ops.ones_like(projected[0, :, : self.units])
        dropout = self.dropout(ones, training=training)
        kernel = ops.copy(self.recurrent_kernel)  # a custom gradient must not capture a variable
        kernel = self.weight_dropout(kernel, training=training)
        first = ops.stack([ops.zeros_like(ones)] * self.cell.states) if start is None else start
        run = build_recurrence(self.cell.name)
        states = run(projected, kernel, recurrent_bias, dropout, mask, first)
        # TensorFlow computes the gradient of `slice` much faster than that of `states[:time]`.
        hidden = ops.slice(states, (0, 0, 0), (time, batch, self.units))
        last = ops.slice(states, (time, 0, 0), (self.cell.states, batch, self.units))
        return ops.flip(hidden, axis=0) if self.backwards else hidden, last

    def step(self, inputs: Tensor, state: Tensor) -> Tensor:
        """Compute the next state, for decoders whose output is their next input.

        Args:
            inputs: float32 [batch, input].
            state: The current state, [states, batch, H].

        Returns:
            The next state, [states, batch, H]; its first entry is the hidden state.
        """
        return self.advance(ops.matmul(inputs, self.kernel), state)

    def advance(self, projected: Tensor, state: Tensor) -> Tensor:
        """Compute the next state from the product of the input and the kernel.

        Args:
            projected: The product, float32 [batch, gates * H].
            state: The current state, [states, batch, H].

        Returns:
            The next state, [states, batch, H].
        """
        bias, _ = self._biases()
        return ops.stack(self.next_state(projected + bias, unstack(state, self.cell.states)))

    def project(self, inputs: Tensor) -> Tensor:
        """Return the product of inputs [..., input] and the kernel, plus the bias, [..., gates * H]."""
        return ops.matmul(inputs, self.kernel) + self._biases()[0]

    def next_state(self, projected: Tensor, state: State) -> State:
        """Compute the next state as separate tensors.

        Args:
            projected: The result of `project`, float32 [batch, gates * H].
            state: The tensors of the current state, each [batch, H].

        Returns:
            The tensors of the next state. The first one is the hidden state.
        """
        recurrent = ops.matmul(state[0], self.recurrent_kernel) + self._biases()[1]
        return self.cell.step(projected, recurrent, state)[0]

    def _biases(self) -> tuple[Tensor, Tensor]:
        """Return the bias of the inputs and the bias of the recurrent product."""
        bias = ops.copy(self.bias)
        return (bias[0], bias[1]) if self.cell.recurrent_bias else (bias, ops.zeros_like(bias))


def _forget_bias(shape: tuple[int, ...], dtype: str | None = None) -> Tensor:
    """Return zeros, but ones for the forget gate, so that training starts with long memory.

    Source: Jozefowicz et al. 2015.
    """
    units = shape[0] // 4
    return ops.concatenate(
        [ops.zeros(units, dtype), ops.ones(units, dtype), ops.zeros(2 * units, dtype)], axis=0
    )
