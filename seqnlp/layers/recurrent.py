"""The recurrent layer: any cell, one or two directions, masked by lengths.

On a CPU, three things make it fast: `seqnlp.layers.cells` moves matrix products out of the loops, the forward
and the backward pass are one compiled function each, and the two directions run in parallel threads.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeAlias

import keras
from keras import ops

from seqnlp.layers.direction import Direction
from seqnlp.layers.mask import sequence_mask
from seqnlp.types import Tensor

EmitPlaceholder: TypeAlias = Callable[["Recurrent", Tensor, Tensor, Tensor | None], tuple[Tensor, Tensor]]

_emit: ContextVar[EmitPlaceholder | None] = ContextVar("emit", default=None)


@contextmanager
def placeholders(emit: EmitPlaceholder) -> Iterator[None]:
    """Let recurrent layers emit a placeholder op in this context instead of computing.

    The ONNX export replaces each placeholder op by one recurrent node.

    Args:
        emit: Called as `emit(layer, inputs, lengths, start)` in place of `Recurrent.run`.
    """
    token = _emit.set(emit)
    try:
        yield
    finally:
        _emit.reset(token)


@keras.saving.register_keras_serializable("seqnlp")
class Recurrent(keras.layers.Layer):
    """A recurrent layer over padded sequences.

    Args:
        units: H, the size of the hidden state of each direction.
        cell: `lstm`, `gru` or `rnn`.
        bidirectional: Whether to add a second direction that reads backwards. Its hidden states follow those
            of the first direction.
        recurrent_dropout: Rate of the variational dropout of the hidden state.
        weight_dropout: Dropout rate of the recurrent kernel.
        seed: Seed of the dropout.
        time_major: Whether inputs and outputs are [time, batch, ...] and not [batch, time, ...]. The layer
            computes in this order, so this saves two transpositions.
        backwards: Whether a layer with one direction reads from the last token to the first.

    Example:
        >>> import numpy as np
        >>> layer = Recurrent(200, cell="gru")
        >>> inputs, lengths = np.ones((2, 7, 50), "float32"), np.array([7, 4])
        >>> tuple(layer(inputs, lengths).shape)
        (2, 7, 400)
    """

    def __init__(
        self,
        units: int,
        cell: str = "lstm",
        bidirectional: bool = True,
        recurrent_dropout: float = 0.0,
        weight_dropout: float = 0.0,
        seed: int | None = None,
        time_major: bool = False,
        backwards: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.units = units
        self.cell = cell
        self.bidirectional = bidirectional
        self.backwards = backwards
        self.time_major = time_major
        self.directions = [
            Direction(
                cell,
                units,
                backwards,
                recurrent_dropout,
                weight_dropout,
                None if seed is None else seed + backwards,
                name="backward" if backwards else "forward",
            )
            for backwards in ([False, True] if bidirectional else [backwards])
        ]

    def build(self, inputs_shape: tuple[int | None, ...], lengths_shape: Any = None) -> None:
        """Create the weights of each direction."""
        for direction in self.directions:
            direction.build(inputs_shape)

    def call(
        self, inputs: Tensor, lengths: Tensor, start: Tensor | None = None, training: bool = False
    ) -> Tensor:
        """Compute the hidden states.

        Args:
            inputs: float32 [batch, time, input], or [time, batch, input] if time-major.
            lengths: int32 [batch], the number of tokens of each row. The rest is padding.
            start: The initial state, [directions, states, batch, H]; None for zeros.
            training: Whether to apply dropout.

        Returns:
            float32 [batch, time, directions * H], or [time, batch, directions * H] if time-major; zero in the
            padding.
        """
        return self.run(inputs, lengths, start, training)[0]

    def run(
        self, inputs: Tensor, lengths: Tensor, start: Tensor | None = None, training: bool = False
    ) -> tuple[Tensor, Tensor]:
        """Compute the hidden states and the final state.

        Args:
            inputs: As in `call`.
            lengths: As in `call`.
            start: As in `call`.
            training: As in `call`.

        Returns:
            The hidden states, as `call` returns them, and the final state, [directions, states, batch, H]. It
            is the state after the last token; for the backward direction, after the first. The states of an
            LSTM are the hidden state and the cell state.
        """
        emit = _emit.get()
        if emit is not None:
            return emit(self, inputs, lengths, start)
        inputs = self.swap_axes(inputs)
        mask = sequence_mask(inputs, lengths)
        hidden, last = zip(
            *(
                direction(inputs, mask, None if start is None else start[number], training=training)
                for number, direction in enumerate(self.directions)
            ),
            strict=True,
        )
        return self.swap_axes(ops.concatenate(hidden, axis=-1)), ops.stack(last)

    def swap_axes(self, sequence: Tensor) -> Tensor:
        """Swap the axes of batch and time, unless the layer is time-major."""
        return sequence if self.time_major else ops.transpose(sequence, (1, 0, 2))

    def compute_output_shape(
        self, inputs_shape: tuple[int | None, ...], lengths_shape: Any = None
    ) -> tuple[int | None, ...]:
        """Return the shape of the hidden states."""
        return (*inputs_shape[:-1], self.units * len(self.directions))
