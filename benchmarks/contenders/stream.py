"""TensorFlow as both Keras contenders use it."""

from collections.abc import Callable, Iterable
from typing import Any

import tensorflow as tf
from numpy.typing import NDArray


def use_threads(count: int) -> None:
    """Let TensorFlow compute on so many threads."""
    tf.config.threading.set_intra_op_parallelism_threads(count)
    tf.config.threading.set_inter_op_parallelism_threads(count)


def stream(batches: Iterable[Any], steps: int) -> Any:
    """Batches, each a nest of arrays, as a dataset; it reads them while the step before them runs."""

    def spec(array: NDArray[Any]) -> Any:
        return tf.TensorSpec([None] * array.ndim, array.dtype)

    signature = tf.nest.map_structure(spec, next(iter(batches)))
    dataset = tf.data.Dataset.from_generator(lambda: iter(batches), output_signature=signature)
    return dataset.apply(tf.data.experimental.assert_cardinality(steps)).prefetch(4)


def gradient_step(layer: Any, call: Callable[[Any], Any], shape: tuple[int, int, int]) -> Callable[[], Any]:
    """A compiled step that computes the gradients of a layer by its weights and by its inputs.

    Args:
        layer: The layer, built.
        call: Runs it.
        shape: Of the inputs, [batch, time, units].
    """
    inputs = tf.random.normal(shape)

    @tf.function(autograph=False)  # type: ignore[untyped-decorator]
    def step() -> Any:
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            total = tf.reduce_sum(call(inputs))
        weights = [weight.value for weight in layer.trainable_variables]
        return [tf.reduce_sum(gradient) for gradient in tape.gradient(total, [inputs, *weights])]

    return lambda: [gradient.numpy() for gradient in step()]
