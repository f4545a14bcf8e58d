"""How far back a gradient reaches (Bengio et al. 1994; Pascanu et al. 2013)."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Tensor = Any


def reach(
    function: Callable[[Tensor], Tensor], inputs: NDArray[np.float32], seed: int = 0
) -> NDArray[np.float64]:
    """Measure the gradient of what stands at the last step, by the inputs of each step before it.

    Args:
        function: Takes inputs [rows, time, features] to outputs [rows, time, any].
        inputs: What to measure at.
        seed: Of the direction in which the last outputs are looked at.

    Returns:
        float64 [time]: the mean norm of the gradient by the inputs 0, 1, 2, … steps before the last.
    """
    import tensorflow as tf

    inputs = tf.convert_to_tensor(inputs)
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        last = function(inputs)[:, -1]
        direction = np.random.default_rng(seed).normal(size=last.shape[-1]).astype(np.float32)
        total = tf.reduce_sum(last * (direction / np.linalg.norm(direction)))
    norms = tf.norm(tape.gradient(total, inputs), axis=-1).numpy().astype(np.float64)
    return norms.mean(axis=0)[::-1]  # type: ignore[no-any-return]
