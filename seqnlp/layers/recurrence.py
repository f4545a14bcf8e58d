"""A cell over a whole sequence: one compiled function forward and one backward."""

from collections.abc import Callable
from functools import cache

from keras import ops

from seqnlp.layers.cells import get_cell
from seqnlp.layers.compilation import compile_function
from seqnlp.layers.gradients import custom_gradient
from seqnlp.layers.scan import State, scan
from seqnlp.types import Tensor


@cache
def build_recurrence(cell_name: str) -> Callable[..., Tensor]:
    """Build the differentiable function that runs a cell over a sequence.

    Both directions of a layer call the same function, one on reversed steps, so each shape compiles once.

    Args:
        cell_name: `lstm`, `gru` or `rnn`.

    Returns:
        A function of `projected` [time, batch, gates * H], `kernel` [H, gates * H], `bias` [gates * H] (zeros
        for cells without a recurrent bias), `dropout` [batch, H] (multiplied with the hidden state before the
        recurrent product, the same at every step), `mask` [time, batch, 1] and the initial state `start`
        [states, batch, H]. The result is [time + states, batch, H]: the hidden states, zero where the mask is
        zero, followed by the final state. It is one tensor because backends disagree on custom gradients of
        several results. Where the mask is zero, the state does not change. A reversed sequence therefore
        starts at its last token and not in the padding.
    """
    cell = get_cell(cell_name)

    def forward(
        projected: Tensor, kernel: Tensor, bias: Tensor, dropout: Tensor, mask: Tensor, start: Tensor
    ) -> tuple[Tensor, list[Tensor], Tensor]:
        def step(state: State, inputs: State) -> tuple[State, State]:
            x, m = inputs
            new, saved = cell.step(x, ops.matmul(state[0] * dropout, kernel) + bias, state)
            state = tuple(m * n + (1 - m) * s for n, s in zip(new, state, strict=True))
            return state, (*state, saved)

        units = kernel.shape[0]
        sizes = (units,) * cell.states + (units * cell.saved,)
        last, (*states, saved) = scan(step, unstack(start, cell.states), (projected, mask), sizes, False)
        return ops.concatenate([states[0] * mask, ops.stack(last)], axis=0), states, saved

    def backward(
        kernel: Tensor,
        dropout: Tensor,
        mask: Tensor,
        start: Tensor,
        states: list[Tensor],
        saved: Tensor,
        upstream: Tensor,
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        previous = tuple(map(_shift, unstack(start, cell.states), states))
        factors = cell.factors(saved, previous)
        transposed = ops.transpose(kernel)

        def step(gradient: State, inputs: State) -> tuple[State, State]:
            above, m, *factors = inputs
            gradient = (gradient[0] + above, *gradient[1:])
            masked = tuple(m * g for g in gradient)
            projected, recurrent, before = cell.backward_step(tuple(factors), masked)
            before = (before[0] + ops.matmul(recurrent, transposed) * dropout, *before[1:])
            state = tuple(b + (1 - m) * g for b, g in zip(before, gradient, strict=True))
            return state, (projected, recurrent)

        units, width = kernel.shape
        time = ops.shape(mask)[0]
        last = unstack(upstream[time:], cell.states)
        inputs = (upstream[:time] * mask, mask, *factors)
        d_start, (d_projected, d_recurrent) = scan(step, last, inputs, (width, width), True)
        hidden = ops.reshape(previous[0] * dropout, (-1, units))
        flat = ops.reshape(d_recurrent, (-1, width))
        d_kernel = ops.matmul(ops.transpose(hidden), flat)
        return d_projected, d_kernel, ops.sum(flat, axis=0), ops.stack(d_start)

    forward, backward = compile_function(forward), compile_function(backward)

    @custom_gradient
    def run(
        projected: Tensor, kernel: Tensor, bias: Tensor, dropout: Tensor, mask: Tensor, start: Tensor
    ) -> tuple[Tensor, Callable[[Tensor], State]]:
        # Without `stop_gradient` the tape would also differentiate the compiled loop.
        inputs = [ops.stop_gradient(x) for x in (projected, kernel, bias, dropout, mask, start)]
        hidden, states, saved = forward(*inputs)

        def gradient(upstream: Tensor) -> State:
            d_projected, d_kernel, d_bias, d_start = backward(
                kernel, dropout, mask, start, states, saved, upstream
            )
            return d_projected, d_kernel, d_bias, ops.zeros_like(dropout), ops.zeros_like(mask), d_start

        return hidden, gradient

    return run


def unstack(state: Tensor, count: int) -> State:
    """Split a state [states, batch, H] into its tensors [batch, H]."""
    return tuple(state[number] for number in range(count))


def _shift(start: Tensor, states: Tensor) -> Tensor:
    """Return the states before each step, given the initial state and the states after each step."""
    return ops.concatenate([start[None], states[:-1]], axis=0)
