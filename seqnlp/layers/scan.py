"""A loop over the steps of a sequence."""

from collections.abc import Callable, Sequence
from typing import Any

import keras
from keras import ops

Tensor = Any
State = tuple[Tensor, ...]
Step = Callable[[State, State], tuple[State, State]]


def scan(
    step: Step, start: State, inputs: Sequence[Tensor], outputs: Sequence[int], reverse: bool
) -> tuple[State, State]:
    """Run `step` over time and stack what it gives out.

    `keras.ops.scan` does the same, but on TensorFlow it wants a length that is known when the graph is traced
    (Keras 3.15), and what is given out to be of the shape of the state.

    Args:
        step: Takes the state and the inputs of one step; returns the next state and what is given out.
        start: The first state, tensors [batch, …].
        inputs: Tensors [time, batch, …].
        outputs: The last dimension of each tensor that is given out, [batch, dimension].
        reverse: Whether to go from the last step to the first.

    Returns:
        The last state, and what was given out, tensors [time, batch, dimension], in the order of time.
    """
    if keras.backend.backend() == "tensorflow":
        return _tensorflow_scan(step, start, inputs, outputs, reverse)
    return ops.scan(step, start, tuple(inputs), reverse=reverse)


def _tensorflow_scan(
    step: Step, start: State, inputs: Sequence[Tensor], outputs: Sequence[int], reverse: bool
) -> tuple[State, State]:
    import tensorflow as tf

    length = tf.shape(inputs[0])[0]
    stacks = [tf.TensorArray("float32", length, element_shape=[None, dimension]) for dimension in outputs]

    def body(done: Tensor, state: State, stacks: list[Any]) -> tuple[Tensor, State, list[Any]]:
        at = length - 1 - done if reverse else done
        state, given = step(state, tuple(each[at] for each in inputs))
        return done + 1, state, [s.write(at, g) for s, g in zip(stacks, given, strict=True)]

    _, state, stacks = tf.while_loop(
        lambda done, *_: done < length, body, (0, start, stacks), maximum_iterations=length
    )
    return state, tuple(stack.stack() for stack in stacks)
