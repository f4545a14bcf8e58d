"""Greedy search with a network itself, for its scores while it is trained."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from seqnlp.tasks.translation.network import TranslationNetwork
from seqnlp.text.tokenizers.spaced import END

Tensor = Any
Array = NDArray[Any]


def greedy(network: TranslationNetwork, openings: NDArray[np.bool_]) -> Callable[[Array, Array], Array]:
    """Make a function that translates by the likeliest piece at each step.

    Args:
        network: The network; its weights may change between calls.
        openings: Whether each piece may be a text's first, [pieces].

    Returns:
        From `source` int32 [batch, time] and `lengths` int32 [batch] to pieces, int32 [batch, steps]; what
        stands behind an `END` is of no meaning. There are at most twice the longest source's pieces and 20.
    """
    no_opening = np.where(openings, 0, -1e9).astype(np.float32)

    def search(source: Tensor, lengths: Tensor) -> Tensor:
        memory, state = network.begin(source, lengths)
        most = 2 * ops.shape(source)[1] + 20
        places = ops.arange(most, dtype="int32")[:, None]
        first = ops.zeros_like(lengths) + END

        def going(step: Tensor, ids: Tensor, done: Tensor, written: Tensor, state: Any) -> Tensor:
            return ops.logical_and(step < most, ops.logical_not(ops.all(done)))

        def advance(step: Tensor, ids: Tensor, done: Tensor, written: Tensor, state: Any) -> Any:
            logits, state, _ = network.step(ids, state, memory)
            logits += ops.where(step == 0, no_opening, 0.0)
            ids = ops.cast(ops.argmax(logits, axis=-1), "int32")
            written = ops.where(places == step, ids[None], written)
            return step + 1, ids, ops.logical_or(done, ids == END), written, state

        written = ops.zeros_like(lengths)[None] + ops.zeros_like(places) + END
        begin = (ops.zeros((), "int32"), first, first != END, written, state)
        return ops.transpose(ops.while_loop(going, advance, begin)[3])

    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        signature = [tf.TensorSpec([None, None], tf.int32), tf.TensorSpec([None], tf.int32)]
        search = tf.function(search, autograph=False, input_signature=signature)

    def translate(source: Array, lengths: Array) -> Array:
        return np.asarray(search(source, lengths))

    return translate
