"""Attention of a decoder over the states of an encoder.

Queries are time-major, like the recurrent layers. The memory is batch-major: it is computed once and read at
every step of a decoder, and a beam search can drop the rows of finished sentences.
"""

from collections.abc import Callable, Mapping
from typing import Any

import keras
from keras import ops

from seqnlp.types import Tensor

_MASKED = -1e9


@keras.saving.register_keras_serializable("seqnlp")
class Attention(keras.layers.Layer):
    """Attention of decoder states to encoder states: a weighted mean for each decoder state.

    Args:
        score: The scoring function: `dot`, `general` or `concat` (Luong et al. 2015, equation 8; `concat` is
            the score of Bahdanau et al. 2015, appendix A.1.2).
        size: Size of queries, keys and the hidden layer of `concat`.

    Example:
        >>> import numpy as np
        >>> layer = Attention("general", 8)
        >>> layer.build((None, None, 8), (None, None, 6))
        >>> queries, memory = np.ones((3, 2, 8), "float32"), np.ones((2, 5, 6), "float32")
        >>> mask = np.ones((2, 1, 5), "float32")
        >>> contexts, weights = layer(queries, layer.project_keys(memory), memory, mask)
        >>> tuple(contexts.shape), tuple(weights.shape)
        ((3, 2, 6), (2, 3, 5))
    """

    def __init__(self, score: str, size: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.score = score
        self.size = size
        self.to_keys = keras.layers.Dense(size, use_bias=False, name="keys")
        self.to_queries: Any = keras.layers.Dense(size, name="queries") if score == "concat" else None

    def build(self, queries_shape: Any, memory_shape: Any) -> None:
        """Create the weights."""
        if self.score != "dot":
            self.to_keys.build(memory_shape)
        if self.to_queries is not None:
            self.to_queries.build(queries_shape)
            self.score_vector = self.add_weight(
                name="score_vector",
                shape=(self.size,),
                initializer=keras.initializers.RandomUniform(-0.1, 0.1),
            )
        self.built = True

    def project_keys(self, memory: Tensor) -> Tensor:
        """Compute the keys. They are the same for all queries.

        Args:
            memory: The encoder states, float32 [batch, source, M]. For `dot`, M is the size of the queries.

        Returns:
            float32 [batch, size, source]; for `concat` [batch, source, size].
        """
        keys = memory if self.score == "dot" else self.to_keys(memory)
        return keys if self.score == "concat" else ops.transpose(keys, (0, 2, 1))

    def call(self, queries: Tensor, keys: Tensor, memory: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Attend to the memory.

        Args:
            queries: The decoder states, float32 [target, batch, size].
            keys: The result of `project_keys`.
            memory: The encoder states, float32 [batch, source, M].
            mask: float32 [batch, 1, source], 1 at source tokens and 0 in the padding.

        Returns:
            The contexts, [target, batch, M], and the attention weights, [batch, target, source], which sum to
            1 over the source.
        """
        scores = _SCORES[self.score](self, ops.transpose(queries, (1, 0, 2)), keys)
        scores = scores + (1 - mask) * _MASKED
        # Not `ops.softmax`: it warns if the source has only one token.
        powers = ops.exp(scores - ops.max(scores, axis=-1, keepdims=True))
        weights = powers / ops.sum(powers, axis=-1, keepdims=True)
        return ops.transpose(ops.matmul(weights, memory), (1, 0, 2)), weights


def _dot_score(layer: Attention, queries: Tensor, keys: Tensor) -> Tensor:
    """Return the dot products of queries [batch, target, size] and keys, [batch, target, source]."""
    return ops.matmul(queries, keys)


def _concat_score(layer: Attention, queries: Tensor, keys: Tensor) -> Tensor:
    """Return the scores of a hidden layer over queries and keys, [batch, target, source]."""
    hidden = ops.tanh(layer.to_queries(queries)[:, :, None] + keys[:, None])
    return ops.sum(hidden * layer.score_vector, axis=-1)


_SCORES: Mapping[str, Callable[[Attention, Tensor, Tensor], Tensor]] = {
    "dot": _dot_score,
    "general": _dot_score,
    "concat": _concat_score,
}
