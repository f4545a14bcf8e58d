"""A loop over the steps of a sequence."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

import keras
from keras import ops

from seqnlp.types import Tensor

State: TypeAlias = tuple[Tensor, ...]
Step: TypeAlias = Callable[[State, State], tuple[State, State]]


def scan(
    step: Step, start: State, inputs: Sequence[Tensor], outputs: Sequence[int], reverse: bool
) -> tuple[State, State]:
    """Run a step function over time and stack its outputs.

    On TensorFlow, `keras.ops.scan` (Keras 3.15) needs a number of steps that is known when the graph is
    traced, and outputs with the shape of the state. This function calls `tf.while_loop` there, and
    `keras.ops.scan` on the other backends.

    Args:
        step: A function from the state and the inputs of one step to the next state and the outputs of the
            step.
        start: The initial state, tensors [batch, ...].
        inputs: Tensors [time, batch, ...].
        outputs: The last dimension of each output of a step, [batch, dimension].
        reverse: Whether to run from the last step to the first.

    Returns:
        The final state and the stacked outputs, tensors [time, batch, dimension] in the order of time.
    """
    if keras.backend.backend() == "tensorflow":
        return _tensorflow_scan(step, start, inputs, outputs, reverse)
    last, stacked = ops.scan(step, start, tuple(inputs), reverse=reverse)
    return last, stacked


def _tensorflow_scan(
    step: Step, start: State, inputs: Sequence[Tensor], outputs: Sequence[int], reverse: bool
) -> tuple[State, State]:
    import tensorflow as tf

    length = tf.shape(inputs[0])[0]
    stacks = [tf.TensorArray("float32", length, element_shape=[None, dimension]) for dimension in outputs]

    def body(done: Tensor, state: State, stacks: list[Tensor]) -> tuple[Tensor, State, list[Tensor]]:
        at = length - 1 - done if reverse else done
        state, results = step(state, tuple(each[at] for each in inputs))
        return done + 1, state, [stack.write(at, x) for stack, x in zip(stacks, results, strict=True)]

    _, state, stacks = tf.while_loop(
        lambda done, *_: done < length, body, (0, start, stacks), maximum_iterations=length
    )
    return state, tuple(stack.stack() for stack in stacks)
