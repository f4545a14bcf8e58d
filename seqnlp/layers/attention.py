"""Attention of a decoder's states over an encoder's. All of it is time-major."""

from collections.abc import Callable, Mapping
from typing import Any

import keras  # noqa: TID253
from keras import ops  # noqa: TID253

Tensor = Any

_FAR = -1e9  # a score of what is not there


@keras.saving.register_keras_serializable("seqnlp")
class Attention(keras.layers.Layer):  # type: ignore[misc]
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
        """What queries are held against, [source, batch, size]: computed once, however many queries come.

        Args:
            memory: The encoder's states, [source, batch, M]; for `dot` M is the size of the queries.
        """
        return memory if self.score == "dot" else self.to_keys(memory)

    def call(self, queries: Tensor, keys: Tensor, memory: Tensor, inside: Tensor) -> tuple[Tensor, Tensor]:
        """Attend.

        Args:
            queries: [target, batch, size].
            keys: [source, batch, size].
            memory: [source, batch, M].
            inside: 1 where the source has a word, 0 in the padding, [source, batch, 1].

        Returns:
            The contexts [target, batch, M], and the weights [batch, target, source], whose sums over the
            source are 1.
        """
        scores = _SCORES[self.score](self, queries, keys)
        absent = ops.transpose(1 - inside, (1, 2, 0)) * _FAR
        weights = ops.softmax(scores + absent, axis=-1)
        contexts = ops.matmul(weights, ops.transpose(memory, (1, 0, 2)))
        return ops.transpose(contexts, (1, 0, 2)), weights

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), "score": self.score, "size": self.size}


def _product(layer: Attention, queries: Tensor, keys: Tensor) -> Tensor:
    """Scores [batch, target, source] of each query and key by their product."""
    return ops.matmul(ops.transpose(queries, (1, 0, 2)), ops.transpose(keys, (1, 2, 0)))


def _additive(layer: Attention, queries: Tensor, keys: Tensor) -> Tensor:
    """The same by a hidden layer over both."""
    projected = ops.transpose(layer.to_queries(queries), (1, 0, 2))[:, :, None]
    hidden = ops.tanh(projected + ops.transpose(keys, (1, 0, 2))[:, None])
    return ops.sum(hidden * layer.direction, axis=-1)


_SCORES: Mapping[str, Callable[[Attention, Tensor, Tensor], Tensor]] = {
    "dot": _product,
    "general": _product,
    "concat": _additive,
}
"""The one registry of scores."""
