"""The recurrent cells: LSTM, GRU and simple RNN, each with its own derivative.

`seqnlp.layers.recurrence` runs a cell over a sequence. Before the loop, it multiplies the inputs of all steps
by the kernel at once. After the backward loop, it computes the gradient of the recurrent kernel as one matrix
product. Factors of the gradient that do not depend on later steps are also computed for all steps at once
(`Cell.factors`), so that the backward loop only multiplies by them.

The gate order and the biases are those of `keras.layers`, so the weights are interchangeable. All sequences
are time-major.
"""

from typing import Protocol

from keras import ops

from seqnlp.errors import ConfigError
from seqnlp.types import Tensor


class Cell(Protocol):
    """A recurrent cell. Cells have no weights of their own.

    H is the number of units. A state is a tuple of tensors [batch, H]; the hidden state comes first.

    Attributes:
        name: The name of the cell in the settings.
        gates: Number of gates. Kernels have `gates * H` columns.
        states: Number of tensors in a state.
        saved: `step` saves a tensor with `saved * H` columns for the backward pass.
        recurrent_bias: Whether the recurrent product has a bias of its own.
    """

    name: str
    gates: int
    states: int
    saved: int
    recurrent_bias: bool

    def step(
        self, projected: Tensor, recurrent: Tensor, state: tuple[Tensor, ...]
    ) -> tuple[tuple[Tensor, ...], Tensor]:
        """Compute the next state.

        Args:
            projected: The input times the kernel, plus the bias, [batch, gates * H].
            recurrent: The hidden state times the recurrent kernel, plus its bias, [batch, gates * H].
            state: The current state.

        Returns:
            The next state and the values to save for the backward pass, [batch, saved * H].
        """

    def factors(self, saved: Tensor, previous: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        """Compute the factors that `backward_step` multiplies by, for all steps at once.

        Args:
            saved: The saved values of all steps, [time, batch, saved * H].
            previous: The states before each step, each [time, batch, H].
        """

    def backward_step(
        self, factors: tuple[Tensor, ...], gradient: tuple[Tensor, ...]
    ) -> tuple[Tensor, Tensor, tuple[Tensor, ...]]:
        """Backpropagate through one step.

        Args:
            factors: The factors of this step.
            gradient: The gradient of the state after the step.

        Returns:
            The gradients of `projected`, of `recurrent`, and of the state before the step. The last one
            leaves out the path through `recurrent`.
        """


class LSTM:
    """Long short-term memory (Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000).

    Gate order, as in Keras: input, forget, candidate, output.
    """

    name = "lstm"
    gates = 4
    states = 2
    saved = 4
    recurrent_bias = False

    def step(
        self, projected: Tensor, recurrent: Tensor, state: tuple[Tensor, ...]
    ) -> tuple[tuple[Tensor, ...], Tensor]:
        """Compute the next state; save the four activated gates."""
        _, memory = state
        i, f, g, o = ops.split(projected + recurrent, 4, axis=-1)
        i, f, g, o = ops.sigmoid(i), ops.sigmoid(f), ops.tanh(g), ops.sigmoid(o)
        memory = f * memory + i * g
        return (o * ops.tanh(memory), memory), ops.concatenate([i, f, g, o], axis=-1)

    def factors(self, saved: Tensor, previous: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        """Compute the factors of the gradients of the hidden state and of the cell state."""
        _, memory = previous
        i, f, g, o = ops.split(saved, 4, axis=-1)
        squashed = ops.tanh(f * memory + i * g)
        to_memory = o * (1 - squashed * squashed)
        to_gates = ops.concatenate([g * i * (1 - i), memory * f * (1 - f), i * (1 - g * g)], axis=-1)
        return to_memory, to_gates, squashed * o * (1 - o), f

    def backward_step(
        self, factors: tuple[Tensor, ...], gradient: tuple[Tensor, ...]
    ) -> tuple[Tensor, Tensor, tuple[Tensor, ...]]:
        """Backpropagate through one step."""
        to_memory, to_gates, to_output, forget = factors
        hidden, memory = gradient
        memory = memory + hidden * to_memory
        repeated = ops.concatenate([memory, memory, memory], axis=-1)
        gates = ops.concatenate([repeated * to_gates, hidden * to_output], axis=-1)
        return gates, gates, (ops.zeros_like(hidden), memory * forget)


class GRU:
    """Gated recurrent unit (Cho et al. 2014); as in cuDNN, the reset gate applies after the product.

    Gate order, as in Keras: update, reset, candidate.
    """

    name = "gru"
    gates = 3
    states = 1
    saved = 4
    recurrent_bias = True

    def step(
        self, projected: Tensor, recurrent: Tensor, state: tuple[Tensor, ...]
    ) -> tuple[tuple[Tensor, ...], Tensor]:
        """Compute the next state; save update, reset, candidate and the candidate's recurrent product."""
        (hidden,) = state
        xz, xr, xn = ops.split(projected, 3, axis=-1)
        hz, hr, hn = ops.split(recurrent, 3, axis=-1)
        z, r = ops.sigmoid(xz + hz), ops.sigmoid(xr + hr)
        n = ops.tanh(xn + r * hn)
        return (z * hidden + (1 - z) * n,), ops.concatenate([z, r, n, hn], axis=-1)

    def factors(self, saved: Tensor, previous: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        """Compute the factors of the gradient of the hidden state."""
        (hidden,) = previous
        z, r, n, hn = ops.split(saved, 4, axis=-1)
        to_candidate = (1 - z) * (1 - n * n)
        to_update = (hidden - n) * z * (1 - z)
        to_reset = to_candidate * hn * r * (1 - r)
        return to_update, to_reset, to_candidate, to_candidate * r, z

    def backward_step(
        self, factors: tuple[Tensor, ...], gradient: tuple[Tensor, ...]
    ) -> tuple[Tensor, Tensor, tuple[Tensor, ...]]:
        """Backpropagate through one step."""
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

    def step(
        self, projected: Tensor, recurrent: Tensor, state: tuple[Tensor, ...]
    ) -> tuple[tuple[Tensor, ...], Tensor]:
        """Compute the next state, and save it."""
        hidden = ops.tanh(projected + recurrent)
        return (hidden,), hidden

    def factors(self, saved: Tensor, previous: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        """Compute the derivative of tanh."""
        return (1 - saved * saved,)

    def backward_step(
        self, factors: tuple[Tensor, ...], gradient: tuple[Tensor, ...]
    ) -> tuple[Tensor, Tensor, tuple[Tensor, ...]]:
        """Backpropagate through one step."""
        (hidden,) = gradient
        product = hidden * factors[0]
        return product, product, (ops.zeros_like(hidden),)


CELLS: dict[str, Cell] = {cell.name: cell for cell in (LSTM(), GRU(), RNN())}
"""The recurrent cells by name."""


def get_cell(name: str) -> Cell:
    """Return the cell with a name.

    Raises:
        ConfigError: The name is unknown.
    """
    if name not in CELLS:
        raise ConfigError(f"unknown cell {name!r}; known: {', '.join(CELLS)}")
    return CELLS[name]
