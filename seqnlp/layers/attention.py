"""Attention of a decoder's states over an encoder's.

Queries are time-major, as recurrent layers are. What is attended to has the batch in front: it is laid out
once and read at every step of a decoder, and a search that is done with a sentence leaves its row out.
"""

from collections.abc import Callable, Mapping
from typing import Any

import keras
from keras import ops

Tensor = Any

_FAR = -1e9  # a score of what is not there


@keras.saving.register_keras_serializable("seqnlp")
class Attention(keras.layers.Layer):
    """A mean of an encoder's states for each state of a decoder, weighted by how well the two fit.

    Args:
        score: How a query is held against a key: `dot`, `general` or `concat` (Luong et al. 2015, equation 8;
            `concat` is that of Bahdanau et al. 2015, appendix A.1.2).
        size: Of the queries, and so of the keys; for `concat`, of its hidden layer.
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
            self.direction = self.add_weight(
                name="direction", shape=(self.size,), initializer=keras.initializers.RandomUniform(-0.1, 0.1)
            )
        self.built = True

    def keys(self, memory: Tensor) -> Tensor:
        """What queries are held against, computed once, however many queries come.

        Args:
            memory: The encoder's states, [batch, source, M]; for `dot` M is the size of the queries.

        Returns:
            [batch, size, source]; for `concat` [batch, source, size].
        """
        keys = memory if self.score == "dot" else self.to_keys(memory)
        return keys if self.score == "concat" else ops.transpose(keys, (0, 2, 1))

    def call(self, queries: Tensor, keys: Tensor, memory: Tensor, inside: Tensor) -> tuple[Tensor, Tensor]:
        """Attend.

        Args:
            queries: [target, batch, size].
            keys: As `keys` gave them.
            memory: [batch, source, M].
            inside: 1 where the source has a word, 0 in the padding, [batch, 1, source].

        Returns:
            The contexts [target, batch, M], and the weights [batch, target, source], whose sums over the
            source are 1.
        """
        scores = _SCORES[self.score](self, ops.transpose(queries, (1, 0, 2)), keys)
        scores = scores + (1 - inside) * _FAR
        # Not `ops.softmax`, which warns of an axis of one: a source may be one piece.
        powers = ops.exp(scores - ops.max(scores, axis=-1, keepdims=True))
        weights = powers / ops.sum(powers, axis=-1, keepdims=True)
        return ops.transpose(ops.matmul(weights, memory), (1, 0, 2)), weights

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), "score": self.score, "size": self.size}


def _product(layer: Attention, queries: Tensor, keys: Tensor) -> Tensor:
    """Scores [batch, target, source] of each query [batch, target, size] and key by their product."""
    return ops.matmul(queries, keys)


def _additive(layer: Attention, queries: Tensor, keys: Tensor) -> Tensor:
    """The same by a hidden layer over both."""
    hidden = ops.tanh(layer.to_queries(queries)[:, :, None] + keys[:, None])
    return ops.sum(hidden * layer.direction, axis=-1)


_SCORES: Mapping[str, Callable[[Attention, Tensor, Tensor], Tensor]] = {
    "dot": _product,
    "general": _product,
    "concat": _additive,
}
"""The one registry of scores."""
