"""The three recurrent cells, each as a step forwards and the same step differentiated by hand.

All tensors of a whole sequence are time-major. One direction of a layer is run by `recurrence` in
`seqnlp.layers.recurrent`, which projects the inputs of all steps in one product before the loop and forms
the gradient of the recurrent weights in one product after it. So that little is left inside the backward
loop, every factor that does not depend on the running gradient is computed for all steps at once
(`Cell.factors`); the loop multiplies by them.

Gate order and biases are those of `keras.layers`, whose weights fit without a change.
"""

from typing import Any, Protocol

from keras import ops

from seqnlp.errors import ConfigError

Tensor = Any


class Cell(Protocol):
    """One kind of recurrent cell; stateless, its weights are passed in.

    H is the number of units. A state is a tuple of [batch, H] tensors, the hidden state first.
    """

    name: str
    gates: int
    states: int
    saved: int
    recurrent_bias: bool

    def step(self, projected: Tensor, recurrent: Tensor, state: tuple[Tensor, ...]) -> tuple[Any, Tensor]:
        """Advance one step.

        Args:
            projected: The input times its kernel plus bias, [batch, gates * H].
            recurrent: The hidden state times the recurrent kernel (plus its bias), [batch, gates * H].
            state: The state before the step.

        Returns:
            The state after the step, and what the backward pass needs of it, [batch, saved * H].
        """

    def factors(self, saved: Tensor, previous: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        """What `backstep` multiplies by, for all steps at once ([time, batch, …])."""

    def backstep(
        self, factors: tuple[Tensor, ...], gradient: tuple[Tensor, ...]
    ) -> tuple[Tensor, Tensor, tuple[Tensor, ...]]:
        """Take the gradient of the state after a step back through it.

        Returns:
            The gradients of `projected`, of `recurrent`, and of the state before the step as far as it does
            not pass through `recurrent`.
        """


class LSTM:
    """Long short-term memory (Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000).

    Gates in Keras' order: input, forget, candidate, output.
    """

    name = "lstm"
    gates = 4
    states = 2
    saved = 4
    recurrent_bias = False

    def step(self, projected: Tensor, recurrent: Tensor, state: tuple[Tensor, ...]) -> tuple[Any, Tensor]:
        """Advance one step; saves the four activated gates."""
        _, memory = state
        i, f, g, o = ops.split(projected + recurrent, 4, axis=-1)
        i, f, g, o = ops.sigmoid(i), ops.sigmoid(f), ops.tanh(g), ops.sigmoid(o)
        memory = f * memory + i * g
        return (o * ops.tanh(memory), memory), ops.concatenate([i, f, g, o], axis=-1)

    def factors(self, saved: Tensor, previous: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        """Factors of the hidden state's and of the memory's gradient."""
        _, memory = previous
        i, f, g, o = ops.split(saved, 4, axis=-1)
        squashed = ops.tanh(f * memory + i * g)
        to_memory = o * (1 - squashed * squashed)
        to_gates = ops.concatenate([g * i * (1 - i), memory * f * (1 - f), i * (1 - g * g)], axis=-1)
        return to_memory, to_gates, squashed * o * (1 - o), f

    def backstep(
        self, factors: tuple[Tensor, ...], gradient: tuple[Tensor, ...]
    ) -> tuple[Tensor, Tensor, tuple[Tensor, ...]]:
        """Take the gradient back one step."""
        to_memory, to_gates, to_output, forget = factors
        hidden, memory = gradient
        memory = memory + hidden * to_memory
        repeated = ops.concatenate([memory, memory, memory], axis=-1)
        pre = ops.concatenate([repeated * to_gates, hidden * to_output], axis=-1)
        return pre, pre, (ops.zeros_like(hidden), memory * forget)


class GRU:
    """Gated recurrent unit (Cho et al. 2014), the reset gate applied after the product as cuDNN does.

    Gates in Keras' order: update, reset, candidate.
    """

    name = "gru"
    gates = 3
    states = 1
    saved = 4
    recurrent_bias = True

    def step(self, projected: Tensor, recurrent: Tensor, state: tuple[Tensor, ...]) -> tuple[Any, Tensor]:
        """Advance one step; saves update, reset, candidate and the candidate's recurrent part."""
        (hidden,) = state
        xz, xr, xn = ops.split(projected, 3, axis=-1)
        hz, hr, hn = ops.split(recurrent, 3, axis=-1)
        z, r = ops.sigmoid(xz + hz), ops.sigmoid(xr + hr)
        n = ops.tanh(xn + r * hn)
        return (z * hidden + (1 - z) * n,), ops.concatenate([z, r, n, hn], axis=-1)

    def factors(self, saved: Tensor, previous: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        """Factors of the hidden state's gradient."""
        (hidden,) = previous
        z, r, n, hn = ops.split(saved, 4, axis=-1)
        to_candidate = (1 - z) * (1 - n * n)
        to_update = (hidden - n) * z * (1 - z)
        to_reset = to_candidate * hn * r * (1 - r)
        return to_update, to_reset, to_candidate, to_candidate * r, z

    def backstep(
        self, factors: tuple[Tensor, ...], gradient: tuple[Tensor, ...]
    ) -> tuple[Tensor, Tensor, tuple[Tensor, ...]]:
        """Take the gradient back one step."""
        to_update, to_reset, to_candidate, to_recurrent_candidate, z = factors
        (hidden,) = gradient
        dz, dr = hidden * to_update, hidden * to_reset
        projected = ops.concatenate([dz, dr, hidden * to_candidate], axis=-1)
        recurrent = ops.concatenate([dz, dr, hidden * to_recurrent_candidate], axis=-1)
        return projected, recurrent, (hidden * z,)


class RNN:
    """The simple recurrent network with tanh (Elman 1990)."""

    name = "rnn"
    gates = 1
    states = 1
    saved = 1
    recurrent_bias = False

    def step(self, projected: Tensor, recurrent: Tensor, state: tuple[Tensor, ...]) -> tuple[Any, Tensor]:
        """Advance one step; saves the new hidden state."""
        hidden = ops.tanh(projected + recurrent)
        return (hidden,), hidden

    def factors(self, saved: Tensor, previous: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        """The derivative of tanh."""
        return (1 - saved * saved,)

    def backstep(
        self, factors: tuple[Tensor, ...], gradient: tuple[Tensor, ...]
    ) -> tuple[Tensor, Tensor, tuple[Tensor, ...]]:
        """Take the gradient back one step."""
        (hidden,) = gradient
        pre = hidden * factors[0]
        return pre, pre, (ops.zeros_like(hidden),)


CELLS: dict[str, Cell] = {cell.name: cell for cell in (LSTM(), GRU(), RNN())}


def cell_named(name: str) -> Cell:
    """The cell of that name.

    Raises:
        ConfigError: If there is none.
    """
    if name not in CELLS:
        raise ConfigError(f"unknown cell {name!r}; known: {', '.join(CELLS)}")
    return CELLS[name]
