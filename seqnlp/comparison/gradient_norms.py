"""Gradient norm by lag: how far back a recurrent network remembers.

Bengio et al. (1994), "Learning long-term dependencies with gradient descent is difficult"; Pascanu et al.
(2013), "On the difficulty of training recurrent neural networks".
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from seqnlp.data.words import WordCodec
from seqnlp.types import Floats, Tensor

if TYPE_CHECKING:
    from seqnlp.layers.encoder import Encoder

_MAX_LAG = 40  # words
_MAX_ROWS = 64


def gradient_norms(function: Callable[[Tensor], Tensor], inputs: Floats, seed: int = 0) -> Floats:
    """Measure the gradient of the outputs of the last step with respect to the inputs of each step.

    The outputs are projected on a random direction first.

    Args:
        function: Maps inputs [rows, time, features] to outputs [rows, time, any].
        inputs: The inputs, float32 [rows, time, features].
        seed: Seed of the direction.

    Returns:
        float64 [time]: the mean norm over rows, by lag. Lag 0 is the last step.

    Example:
        >>> norms = gradient_norms(lambda inputs: inputs, np.ones((2, 3, 4), np.float32))
        >>> norms.round(3).tolist()  # each output depends on the input of its own step only
        [1.0, 0.0, 0.0]
    """
    import tensorflow as tf

    inputs = tf.convert_to_tensor(inputs)
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        last = function(inputs)[:, -1]
        direction = np.random.default_rng(seed).normal(size=last.shape[-1]).astype(np.float32)
        total = tf.reduce_sum(last * (direction / np.linalg.norm(direction)))
    norms: Floats = tf.norm(tape.gradient(total, inputs), axis=-1).numpy().astype(np.float64)
    mean: Floats = norms.mean(axis=0)
    return mean[::-1]


def word_gradient_norms(
    encoder: "Encoder",
    outputs: Callable[[Tensor], Tensor],
    codec: WordCodec,
    sentences: Sequence[Sequence[str]],
) -> Floats:
    """Measure the gradient of the outputs of the last word with respect to the vector of each word.

    Only the 64 longest sentences are measured.

    Args:
        encoder: The encoder of the network.
        outputs: Maps hidden states [time, batch, size] to outputs [batch, time, any].
        codec: The codec of the network.
        sentences: The words of each sentence. At least one sentence has a word.

    Returns:
        As for `gradient_norms`. The number of lags is at most 40 and at most the length of the shortest
        measured sentence.
    """
    from keras import ops

    longest = sorted(filter(None, sentences), key=len, reverse=True)[:_MAX_ROWS]
    time = min(_MAX_LAG, len(longest[-1]))
    encoded = codec.encode([sentence[-time:] for sentence in longest])
    starts = encoded.windows.starts
    inputs = {
        "words": np.stack([encoded.words[start : start + time] for start in starts]),
        "spellings": np.stack([encoded.spellings[start : start + time] for start in starts]),
        "characters": encoded.characters,
    }
    lengths = np.full(len(longest), time, np.int32)
    vectors = np.asarray(encoder.embed(inputs)).swapaxes(0, 1)
    return gradient_norms(
        lambda batch: outputs(encoder.encode(ops.transpose(batch, (1, 0, 2)), lengths)), vectors
    )
