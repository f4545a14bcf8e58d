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

import keras  # noqa: TID253
from keras import ops  # noqa: TID253

from seqnlp.layers.cells import cell_named
from seqnlp.layers.compiled import compiled
from seqnlp.layers.scan import scan

Tensor = Any
Carrier = Callable[["Recurrent", Tensor, Tensor], Tensor]

_carrier: ContextVar[Carrier | None] = ContextVar("carrier", default=None)


@contextmanager
def carried_by(carrier: Carrier) -> Iterator[None]:
    """Within this context recurrent layers call `carrier(layer, inputs, lengths)` in place of computing.

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
        before the recurrent product; the same at every step) and `mask` [time, batch, 1], to the hidden
        states [time, batch, H], zero where the mask is. Where the mask is zero the state passes unchanged, so
        that the reversed direction begins at the last word, not in the padding.
    """
    cell = cell_named(name)

    def forward(projected: Tensor, kernel: Tensor, bias: Tensor, dropout: Tensor, mask: Tensor) -> Any:
        def step(state: Any, at: Any) -> Any:
            x, m = at
            new, saved = cell.step(x, ops.matmul(state[0] * dropout, kernel) + bias, state)
            state = tuple(m * n + (1 - m) * s for n, s in zip(new, state, strict=True))
            return state, (*state, saved)

        units = kernel.shape[0]
        start = (ops.zeros_like(dropout),) * cell.states
        sizes = (units,) * cell.states + (units * cell.saved,)
        *states, saved = scan(step, start, (projected, mask), sizes, reverse=False)
        return states[0] * mask, states, saved

    def backward(
        kernel: Tensor, dropout: Tensor, mask: Tensor, states: Any, saved: Tensor, upstream: Tensor
    ) -> Any:
        previous = tuple(_shifted(s) for s in states)
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
        start = (ops.zeros_like(dropout),) * cell.states
        inputs = (upstream * mask, mask, *factors)
        d_projected, d_recurrent = scan(step, start, inputs, (width, width), reverse=True)
        hidden = ops.reshape(previous[0] * dropout, (-1, units))
        flat = ops.reshape(d_recurrent, (-1, width))
        return d_projected, ops.matmul(ops.transpose(hidden), flat), ops.sum(flat, axis=0)

    forward, backward = compiled(forward), compiled(backward)

    @ops.custom_gradient  # type: ignore[untyped-decorator]
    def run(projected: Tensor, kernel: Tensor, bias: Tensor, dropout: Tensor, mask: Tensor) -> Any:
        # Our gradient is all there is: without this the tape would also differentiate the compiled loop.
        inputs = [ops.stop_gradient(x) for x in (projected, kernel, bias, dropout, mask)]
        hidden, states, saved = forward(*inputs)

        def gradient(upstream: Tensor) -> Any:
            d_projected, d_kernel, d_bias = backward(kernel, dropout, mask, states, saved, upstream)
            return d_projected, d_kernel, d_bias, ops.zeros_like(dropout), ops.zeros_like(mask)

        return hidden, gradient

    return run  # type: ignore[no-any-return]


def _shifted(states: Tensor) -> Tensor:
    """The states before each step: those after it, moved by one, the first of them zero."""
    return ops.concatenate([ops.zeros_like(states[:1]), states[:-1]], axis=0)


class Direction(keras.layers.Layer):  # type: ignore[misc]
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

    def call(self, inputs: Tensor, mask: Tensor, training: bool = False) -> Tensor:
        """Run over `inputs` [time, batch, input] under `mask` [time, batch, 1]: [time, batch, H]."""
        if self.backwards:
            inputs, mask = ops.flip(inputs, axis=0), ops.flip(mask, axis=0)
        bias = ops.copy(self.bias)
        into, recurrent = (bias[0], bias[1]) if self.cell.recurrent_bias else (bias, ops.zeros_like(bias))
        time, batch = ops.shape(inputs)[0], ops.shape(inputs)[1]
        flat = ops.reshape(inputs, (-1, self.kernel.shape[0]))
        projected = ops.reshape(ops.matmul(flat, self.kernel) + into, (time, batch, self.kernel.shape[1]))
        dropout = self.dropout(ops.ones_like(projected[0, :, : self.units]), training=training)
        kernel = ops.copy(self.recurrent_kernel)  # a tensor: a custom gradient may not capture a variable
        states = recurrence(self.cell.name)(projected, kernel, recurrent, dropout, mask)
        return ops.flip(states, axis=0) if self.backwards else states


def _forget_bias(shape: tuple[int, ...], dtype: Any = None) -> Tensor:
    """Zeros, but ones for the forget gate (Jozefowicz et al. 2015), so that memory is kept from the start."""
    units = shape[0] // 4
    return ops.concatenate(
        [ops.zeros(units, dtype), ops.ones(units, dtype), ops.zeros(2 * units, dtype)], axis=0
    )


@keras.saving.register_keras_serializable("seqnlp")
class Recurrent(keras.layers.Layer):  # type: ignore[misc]
    """A recurrent layer over sequences of given lengths.

    Args:
        units: H, the size of the hidden state of each direction.
        cell: `lstm`, `gru` or `rnn`.
        bidirectional: Whether a second direction reads from the end; its states stand behind the first's.
        recurrent_dropout: Variational dropout of the hidden state, a share from 0 to 1.
        seed: For the dropout.

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
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.units = units
        self.cell = cell
        self.bidirectional = bidirectional
        self.recurrent_dropout = recurrent_dropout
        self.seed = seed
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

    def call(self, inputs: Tensor, lengths: Tensor, training: bool = False) -> Tensor:
        """Run the layer.

        Args:
            inputs: float32 [batch, time, input].
            lengths: int32 [batch]; steps at and beyond a row's length are padding.
            training: Whether dropout applies.

        Returns:
            The hidden states, [batch, time, H], or [batch, time, 2 H] if bidirectional; zero in the padding.
        """
        carrier = _carrier.get()
        if carrier is not None:
            return carrier(self, inputs, lengths)
        inputs = ops.transpose(inputs, (1, 0, 2))
        steps = ops.arange(ops.shape(inputs)[0], dtype="int32")
        mask = ops.cast(steps[:, None] < ops.cast(lengths, "int32")[None, :], inputs.dtype)[..., None]
        outputs = [direction(inputs, mask, training=training) for direction in self.directions]
        return ops.transpose(ops.concatenate(outputs, axis=-1), (1, 0, 2))

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
        }
