"""Greedy search with a Keras network, for dev scores during training."""

from collections.abc import Callable
from typing import TypeAlias

import keras
import numpy as np
from keras import ops

from seqnlp.text.tokenizers.spaced import END
from seqnlp.types import Flags, Ids, Tensor

GreedySearch: TypeAlias = Callable[[Ids, Ids, Flags], Ids]
"""Translates texts by choosing the most probable subword at each step.

Takes `source` int32 [batch, time], `lengths` int32 [batch], and whether each subword may start a text, bool
[subwords]. Returns subwords, int32 [batch, steps]; those after an `END` have no meaning. There are at most
twice as many steps as the longest source has subwords, plus 20.
"""


def build_greedy_search(
    begin: Callable[[Tensor, Tensor], tuple[Tensor, Tensor]],
    step: Callable[[Tensor, Tensor, Tensor], tuple[Tensor, Tensor, Tensor]],
) -> GreedySearch:
    """Build a greedy search from the methods `begin` and `step` of a network. Weights may change later."""

    def search(source: Tensor, lengths: Tensor, start_penalties: Tensor) -> Tensor:
        memory, state = begin(source, lengths)
        limit = 2 * ops.shape(source)[1] + 20
        places = ops.arange(limit, dtype="int32")[:, None]
        first = ops.zeros_like(lengths) + END

        def unfinished(number: Tensor, ids: Tensor, done: Tensor, written: Tensor, state: Tensor) -> Tensor:
            return ops.logical_and(number < limit, ops.logical_not(ops.all(done)))

        def advance(number: Tensor, ids: Tensor, done: Tensor, written: Tensor, state: Tensor) -> Tensor:
            logits, state, _ = step(ids, state, memory)
            logits += ops.where(number == 0, start_penalties, 0.0)
            ids = ops.cast(ops.argmax(logits, axis=-1), "int32")
            written = ops.where(places == number, ids[None], written)
            return number + 1, ids, ops.logical_or(done, ids == END), written, state

        written = ops.zeros_like(lengths)[None] + ops.zeros_like(places) + END
        start = (ops.zeros((), "int32"), first, first != END, written, state)
        return ops.transpose(ops.while_loop(unfinished, advance, start)[3])

    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        signature = [
            tf.TensorSpec([None, None], tf.int32),
            tf.TensorSpec([None], tf.int32),
            tf.TensorSpec([None], tf.float32),
        ]
        search = tf.function(search, autograph=False, input_signature=signature)

    def translate(source: Ids, lengths: Ids, can_start: Flags) -> Ids:
        return np.asarray(search(source, lengths, np.where(can_start, 0, -1e9).astype(np.float32)))

    return translate
