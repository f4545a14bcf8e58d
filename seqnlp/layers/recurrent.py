"""The recurrent layer: any cell, one- or bidirectional, masked by lengths, with its own gradient.

What makes it fast on a CPU, beside what `seqnlp.layers.cells` says: forward and backward of a direction are
one compiled function each, and the two directions, which do not depend on one another, run side by side on
the backend's threads.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any

import keras
from keras import ops

from seqnlp.layers.cells import cell_named
from seqnlp.layers.compiled import compiled
from seqnlp.layers.mask import mask
from seqnlp.layers.scan import scan

Tensor = Any
Carrier = Callable[["Recurrent", Tensor, Tensor, Tensor | None], Tensor]

_carrier: ContextVar[Carrier | None] = ContextVar("carrier", default=None)


@contextmanager
def carried_by(carrier: Carrier) -> Iterator[None]:
    """Within this context recurrent layers call `carrier(layer, inputs, lengths, start)` and do not compute.

    An export uses it to write a layer as one node of the target format.
    """
    token = _carrier.set(carrier)
    try:
        yield
    finally:
        _carrier.reset(token)


@cache
def recurrence(name: str) -> Callable[..., Tensor]:
    """The differentiable function that runs the cell of a name over a sequence.

    The other direction is the same function over reversed steps, so that there is one thing to compile.

    Returns:
        A function of `projected` [time, batch, gates * H], `kernel` [H, gates * H], `bias` [gates * H] (zeros
        for cells without a recurrent bias), `dropout` [batch, H] (what the hidden state is multiplied by
        before the recurrent product; the same at every step), `mask` [time, batch, 1] and the first state
        [states, batch, H], to [time + states, batch, H]: the hidden states, zero where the mask is, and
        behind them the last state. They are one tensor since a custom gradient of several is written
        differently for each backend. Where the mask is zero the state passes unchanged, so that the reversed
        direction begins at the last word, not in the padding.
    """
    cell = cell_named(name)

    def forward(
        projected: Tensor, kernel: Tensor, bias: Tensor, dropout: Tensor, mask: Tensor, start: Tensor
    ) -> Any:
        def step(state: Any, at: Any) -> Any:
            x, m = at
            new, saved = cell.step(x, ops.matmul(state[0] * dropout, kernel) + bias, state)
            state = tuple(m * n + (1 - m) * s for n, s in zip(new, state, strict=True))
            return state, (*state, saved)

        units = kernel.shape[0]
        sizes = (units,) * cell.states + (units * cell.saved,)
        last, (*states, saved) = scan(step, _unstacked(start, cell.states), (projected, mask), sizes, False)
        return ops.concatenate([states[0] * mask, ops.stack(last)], axis=0), states, saved

    def backward(
        kernel: Tensor,
        dropout: Tensor,
        mask: Tensor,
        start: Tensor,
        states: Any,
        saved: Tensor,
        upstream: Tensor,
    ) -> Any:
        previous = tuple(map(_shifted, _unstacked(start, cell.states), states))
        factors = cell.factors(saved, previous)
        transposed = ops.transpose(kernel)

        def step(gradient: Any, at: Any) -> Any:
            above, m, *factors = at
            gradient = (gradient[0] + above, *gradient[1:])
            projected, recurrent, before = cell.backstep(tuple(factors), tuple(m * g for g in gradient))
            before = (before[0] + ops.matmul(recurrent, transposed) * dropout, *before[1:])
            return tuple(b + (1 - m) * g for b, g in zip(before, gradient, strict=True)), (
                projected,
                recurrent,
            )

        units, width = kernel.shape
        time = ops.shape(mask)[0]
        last = _unstacked(upstream[time:], cell.states)
        inputs = (upstream[:time] * mask, mask, *factors)
        d_start, (d_projected, d_recurrent) = scan(step, last, inputs, (width, width), True)
        hidden = ops.reshape(previous[0] * dropout, (-1, units))
        flat = ops.reshape(d_recurrent, (-1, width))
        d_kernel = ops.matmul(ops.transpose(hidden), flat)
        return d_projected, d_kernel, ops.sum(flat, axis=0), ops.stack(d_start)

    forward, backward = compiled(forward), compiled(backward)

    @ops.custom_gradient
    def run(
        projected: Tensor, kernel: Tensor, bias: Tensor, dropout: Tensor, mask: Tensor, start: Tensor
    ) -> Any:
        # Our gradient is all there is: without this the tape would also differentiate the compiled loop.
        inputs = [ops.stop_gradient(x) for x in (projected, kernel, bias, dropout, mask, start)]
        hidden, states, saved = forward(*inputs)

        def gradient(upstream: Tensor) -> Any:
            d_projected, d_kernel, d_bias, d_start = backward(
                kernel, dropout, mask, start, states, saved, upstream
            )
            return d_projected, d_kernel, d_bias, ops.zeros_like(dropout), ops.zeros_like(mask), d_start

        return hidden, gradient

    return run


def _unstacked(state: Tensor, count: int) -> tuple[Tensor, ...]:
    return tuple(state[number] for number in range(count))


def _shifted(start: Tensor, states: Tensor) -> Tensor:
    """The states before each step: those after it, moved by one behind the first."""
    return ops.concatenate([start[None], states[:-1]], axis=0)


class Direction(keras.layers.Layer):
    """The weights of one direction, laid out and initialised as those of `keras.layers`.

    Args:
        cell: `lstm`, `gru` or `rnn`.
        units: H, the size of the hidden state.
        backwards: Whether it reads from the last word to the first.
        recurrent_dropout: The share of the hidden state's units that are dropped before the recurrent
            product, the same units at every step of a sequence (Gal and Ghahramani 2016).
        seed: For the dropout.
    """

    def __init__(
        self,
        cell: str,
        units: int,
        backwards: bool,
        recurrent_dropout: float,
        seed: int | None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.cell = cell_named(cell)
        self.units = units
        self.backwards = backwards
        self.dropout = keras.layers.Dropout(recurrent_dropout, seed=seed)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Create kernel [input, gates * H], recurrent kernel [H, gates * H] and bias."""
        width = self.cell.gates * self.units
        self.kernel = self.add_weight(
            name="kernel", shape=(input_shape[-1], width), initializer="glorot_uniform"
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
            inputs: [time, batch, input].
            mask: [time, batch, 1].
            start: The state to begin with, [states, batch, H]; None for zeros.
            training: Whether dropout applies.

        Returns:
            The hidden states [time, batch, H] and the last state [states, batch, H].
        """
        if self.backwards:
            inputs, mask = ops.flip(inputs, axis=0), ops.flip(mask, axis=0)
        time, batch = ops.shape(inputs)[0], ops.shape(inputs)[1]
        into, recurrent = self._biases()
        flat = ops.reshape(inputs, (-1, self.kernel.shape[0]))
        projected = ops.reshape(ops.matmul(flat, self.kernel) + into, (time, batch, self.kernel.shape[1]))
        ones = ops.ones_like(projected[0, :, : self.units])
        dropout = self.dropout(ones, training=training)
        kernel = ops.copy(self.recurrent_kernel)  # a tensor: a custom gradient may not capture a variable
        first = ops.stack([ops.zeros_like(ones)] * self.cell.states) if start is None else start
        states = recurrence(self.cell.name)(projected, kernel, recurrent, dropout, mask, first)
        # `states[:time]` would be the same, but for the time that TensorFlow takes over its gradient.
        hidden = ops.slice(states, (0, 0, 0), (time, batch, self.units))
        last = ops.slice(states, (time, 0, 0), (self.cell.states, batch, self.units))
        return ops.flip(hidden, axis=0) if self.backwards else hidden, last

    def step(self, inputs: Tensor, state: Tensor) -> Tensor:
        """Advance one step, as a decoder does that chooses its next input itself.

        Args:
            inputs: [batch, input].
            state: [states, batch, H].

        Returns:
            The state after it, likewise; the hidden state is its first part.
        """
        return self.advance(ops.matmul(inputs, self.kernel), state)

    def advance(self, projected: Tensor, state: Tensor) -> Tensor:
        """Advance one step, the product of the input and the kernel at hand.

        Args:
            projected: The product, [batch, gates * H].
            state: [states, batch, H].

        Returns:
            The state after it, likewise.
        """
        into, recurrent = self._biases()
        states = _unstacked(state, self.cell.states)
        product = ops.matmul(states[0], self.recurrent_kernel) + recurrent
        return ops.stack(self.cell.step(projected + into, product, states)[0])

    def _biases(self) -> tuple[Tensor, Tensor]:
        """That of the inputs, and that of the recurrent product."""
        bias = ops.copy(self.bias)
        return (bias[0], bias[1]) if self.cell.recurrent_bias else (bias, ops.zeros_like(bias))


def _forget_bias(shape: tuple[int, ...], dtype: Any = None) -> Tensor:
    """Zeros, but ones for the forget gate (Jozefowicz et al. 2015), so that memory is kept from the start."""
    units = shape[0] // 4
    return ops.concatenate(
        [ops.zeros(units, dtype), ops.ones(units, dtype), ops.zeros(2 * units, dtype)], axis=0
    )


@keras.saving.register_keras_serializable("seqnlp")
class Recurrent(keras.layers.Layer):
    """A recurrent layer over sequences of given lengths.

    Args:
        units: H, the size of the hidden state of each direction.
        cell: `lstm`, `gru` or `rnn`.
        bidirectional: Whether a second direction reads from the end; its states stand behind the first's.
        recurrent_dropout: Variational dropout of the hidden state, a share from 0 to 1.
        seed: For the dropout.
        time_major: Whether inputs and hidden states are [time, batch, …] in place of [batch, time, …]. The
            layer computes that way; who has ids to turn round, not vectors, saves turning vectors.

    Example:
        >>> states = Recurrent(200)(embedded, lengths)   # [batch, time, 400]
    """

    def __init__(
        self,
        units: int,
        cell: str = "lstm",
        bidirectional: bool = True,
        recurrent_dropout: float = 0.0,
        seed: int | None = None,
        time_major: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.units = units
        self.cell = cell
        self.bidirectional = bidirectional
        self.recurrent_dropout = recurrent_dropout
        self.seed = seed
        self.time_major = time_major
        self.directions = [
            Direction(
                cell,
                units,
                backwards,
                recurrent_dropout,
                None if seed is None else seed + backwards,
                name="backward" if backwards else "forward",
            )
            for backwards in ([False, True] if bidirectional else [False])
        ]

    def build(self, inputs_shape: tuple[int | None, ...], lengths_shape: Any = None) -> None:
        """Create the weights of each direction."""
        for direction in self.directions:
            direction.build(inputs_shape)

    def call(
        self, inputs: Tensor, lengths: Tensor, start: Tensor | None = None, training: bool = False
    ) -> Tensor:
        """Run the layer.

        Args:
            inputs: float32 [batch, time, input]; here and below [time, batch, …] if time-major.
            lengths: int32 [batch]; steps at and beyond a row's length are padding.
            start: The state to begin with, as `run` gives it; None for zeros.
            training: Whether dropout applies.

        Returns:
            The hidden states, [batch, time, H], or [batch, time, 2 H] if bidirectional; zero in the padding.
        """
        carrier = _carrier.get()
        if carrier is not None:
            return carrier(self, inputs, lengths, start)
        return self.run(inputs, lengths, start, training)[0]

    def run(
        self, inputs: Tensor, lengths: Tensor, start: Tensor | None = None, training: bool = False
    ) -> tuple[Tensor, Tensor]:
        """Run the layer for its hidden states and its last state.

        Args:
            inputs: As for `call`.
            lengths: As for `call`.
            start: As for `call`.
            training: As for `call`.

        Returns:
            What `call` returns, and the state after the last word (of the backward direction: after the
            first), [directions, states, batch, H]; an LSTM's are its hidden state and its memory.
        """
        inputs = self.turned(inputs)
        inside = mask(inputs, lengths)
        hidden, last = zip(
            *(
                direction(inputs, inside, None if start is None else start[number], training=training)
                for number, direction in enumerate(self.directions)
            ),
            strict=True,
        )
        return self.turned(ops.concatenate(hidden, axis=-1)), ops.stack(last)

    def turned(self, sequence: Tensor) -> Tensor:
        """Swap time and batch of what is given or taken, unless both are time-major as the computing is."""
        return sequence if self.time_major else ops.transpose(sequence, (1, 0, 2))

    def compute_output_shape(self, inputs_shape: tuple[int | None, ...], lengths_shape: Any = None) -> Any:
        """The shape of `call`'s result."""
        return (*inputs_shape[:-1], self.units * len(self.directions))

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {
            **super().get_config(),
            "units": self.units,
            "cell": self.cell,
            "bidirectional": self.bidirectional,
            "recurrent_dropout": self.recurrent_dropout,
            "seed": self.seed,
            "time_major": self.time_major,
        }
