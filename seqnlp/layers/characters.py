"""Vectors of words from their characters."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import ops

from seqnlp.layers.lookup import lookup
from seqnlp.layers.recurrent import Recurrent

Tensor = Any


@keras.saving.register_keras_serializable("seqnlp")
class CharacterCNN(keras.layers.Layer):
    """A convolution over a word's characters, its maximum over positions (Ma and Hovy 2016).

    Args:
        characters: How many characters the vocabulary has, padding (0) included.
        dimension: Size of a character's embedding.
        filters: Size of the word's vector, shared out evenly among the widths.
        widths: How many neighbouring characters a filter sees.
    """

    def __init__(
        self, characters: int, dimension: int, filters: int, widths: tuple[int, ...] = (3,), **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.characters = characters
        self.dimension = dimension
        self.filters = filters
        self.widths = tuple(widths)
        self.embedding = keras.layers.Embedding(
            characters, dimension, embeddings_initializer="glorot_uniform", name="embedding"
        )
        share, rest = divmod(filters, len(self.widths))
        self.convolutions = [
            keras.layers.Conv1D(share + (i < rest), width, padding="same", name=f"width_{width}")
            for i, width in enumerate(self.widths)
        ]

    def build(self, shape: Any) -> None:
        """Create the embedding and the filters."""
        self.embedding.build(shape)
        for convolution in self.convolutions:
            convolution.build((*shape, self.dimension))

    def call(self, characters: Tensor) -> Tensor:
        """Encode words.

        Args:
            characters: int32 [words, width], 0 in the padding.

        Returns:
            float32 [words, filters].
        """
        present = ops.expand_dims(ops.cast(ops.not_equal(characters, 0), "float32"), -1)
        embedded = lookup(self.embedding.embeddings, characters) * present
        hidden = ops.concatenate(
            [ops.conv(embedded, convolution.kernel, padding="same") for convolution in self.convolutions],
            axis=-1,
        )
        bias = ops.concatenate([convolution.bias for convolution in self.convolutions])
        # Padding must not win. The bias, the same everywhere, is added to the winners only.
        return ops.relu(ops.max(hidden + (present - 1) * 1e4, axis=1) + bias)

    def for_prediction(self) -> Callable[[Tensor], Tensor]:
        """The same function with its weights as they are now, for many fewer products.

        What a filter makes of a character beside it depends on nothing else: it is looked up.
        """
        ahead = max(self.widths) // 2
        behind = (max(self.widths) - 1) // 2
        embeddings = ops.convert_to_numpy(self.embedding.embeddings)
        tables = np.zeros((behind + 1 + ahead, self.characters, self.filters), np.float32)
        first = 0
        for convolution in self.convolutions:
            kernel = ops.convert_to_numpy(convolution.kernel)
            for step, weights in enumerate(kernel, behind - (len(kernel) - 1) // 2):
                tables[step, 1:, first : first + kernel.shape[-1]] = embeddings[1:] @ weights
            first += kernel.shape[-1]
        tables[behind, 0] = -1e4  # padding must not win
        bias = np.concatenate([ops.convert_to_numpy(each.bias) for each in self.convolutions])

        def encode(characters: Tensor) -> Tensor:
            around = ops.pad(characters, ((0, 0), (behind, ahead)))
            ends = (*range(-behind - ahead, 0), None)
            beside = (around[:, start:end] for start, end in enumerate(ends))
            return ops.relu(ops.max(sum(map(lookup, tables, beside)), axis=1) + bias)

        return encode

    def compute_output_shape(self, shape: Any) -> Any:
        """The shape of `call`'s result."""
        return (shape[0], self.filters)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {
            **super().get_config(),
            "characters": self.characters,
            "dimension": self.dimension,
            "filters": self.filters,
            "widths": self.widths,
        }


@keras.saving.register_keras_serializable("seqnlp")
class CharacterLSTM(keras.layers.Layer):
    """The last states of a bidirectional LSTM over a word's characters (Lample et al. 2016).

    Args:
        characters: How many characters the vocabulary has, padding (0) included.
        dimension: Size of a character's embedding.
        filters: Size of the word's vector; half of it each direction.
    """

    def __init__(self, characters: int, dimension: int, filters: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.characters = characters
        self.dimension = dimension
        self.filters = filters
        self.embedding = keras.layers.Embedding(
            characters, dimension, embeddings_initializer="glorot_uniform", name="embedding"
        )
        self.recurrent = Recurrent(filters // 2, name="recurrent")

    def build(self, shape: Any) -> None:
        """Create the embedding and the recurrent layer."""
        self.embedding.build(shape)
        self.recurrent.build((*shape, self.dimension))

    def call(self, characters: Tensor) -> Tensor:
        """Encode words: int32 [words, width], 0 in the padding, to float32 [words, filters]."""
        lengths = ops.maximum(ops.sum(ops.cast(ops.not_equal(characters, 0), "int32"), axis=1), 1)
        states = self.recurrent(lookup(self.embedding.embeddings, characters), lengths)
        half = self.filters // 2
        steps = ops.arange(ops.shape(characters)[1], dtype="int32")
        last = ops.cast(steps[None, :] == lengths[:, None] - 1, states.dtype)[..., None]
        return ops.concatenate([ops.sum(states[..., :half] * last, axis=1), states[:, 0, half:]], axis=-1)

    def for_prediction(self) -> Callable[[Tensor], Tensor]:
        """The layer itself: there is nothing to look up."""
        return self

    def compute_output_shape(self, shape: Any) -> Any:
        """The shape of `call`'s result."""
        return (shape[0], self.filters // 2 * 2)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {
            **super().get_config(),
            "characters": self.characters,
            "dimension": self.dimension,
            "filters": self.filters,
        }
