"""Character encoders: compute the vector of a word from its characters."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import ops

from seqnlp.layers.lookup import lookup
from seqnlp.layers.recurrent import Recurrent
from seqnlp.types import Tensor


@keras.saving.register_keras_serializable("seqnlp")
class CharacterCNN(keras.layers.Layer):
    """A convolution over the characters of a word, with max pooling (Ma and Hovy 2016).

    Args:
        character_count: Size of the character vocabulary, including padding (0).
        dimension: Size of a character embedding.
        filters: Size of the word vector, distributed evenly over the widths.
        widths: Widths of the filters in characters.

    Example:
        >>> import numpy as np
        >>> layer = CharacterCNN(character_count=30, dimension=16, filters=64)
        >>> words = np.array([[3, 1, 20, 0], [4, 15, 7, 9]])  # character ids, 0 in the padding
        >>> tuple(layer(words).shape)
        (2, 64)
    """

    def __init__(
        self,
        character_count: int,
        dimension: int,
        filters: int,
        widths: tuple[int, ...] = (3,),
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.character_count = character_count
        self.dimension = dimension
        self.filters = filters
        self.widths = tuple(widths)
        self.embedding = keras.layers.Embedding(
            character_count, dimension, embeddings_initializer="glorot_uniform", name="embedding"
        )
        share, rest = divmod(filters, len(self.widths))
        self.convolutions = [
            keras.layers.Conv1D(share + (number < rest), width, padding="same", name=f"width_{width}")
            for number, width in enumerate(self.widths)
        ]

    def build(self, characters_shape: Any) -> None:
        """Create the embedding and the filters."""
        self.embedding.build(characters_shape)
        for convolution in self.convolutions:
            convolution.build((*characters_shape, self.dimension))

    def call(self, characters: Tensor) -> Tensor:
        """Encode words.

        Args:
            characters: int32 [words, width], 0 in the padding.

        Returns:
            float32 [words, filters].
        """
        mask = ops.expand_dims(ops.cast(ops.not_equal(characters, 0), "float32"), -1)
        embedded = lookup(self.embedding.embeddings, characters) * mask
        hidden = ops.concatenate(
            [ops.conv(embedded, convolution.kernel, padding="same") for convolution in self.convolutions],
            axis=-1,
        )
        bias = ops.concatenate([convolution.bias for convolution in self.convolutions])
        # The offset excludes padding from the maximum. The bias is equal everywhere, so it is added once.
        return ops.relu(ops.max(hidden + (mask - 1) * 1e4, axis=1) + bias)

    def precompute(self) -> Callable[[Tensor], Tensor]:
        """Return a faster version of `call` for serving, with the current weights.

        It looks up the product of each character and each filter position in a table.
        """
        after = max(self.widths) // 2
        before = (max(self.widths) - 1) // 2
        embeddings = ops.convert_to_numpy(self.embedding.embeddings)
        tables = np.zeros((before + 1 + after, self.character_count, self.filters), np.float32)
        first = 0
        for convolution in self.convolutions:
            kernel = ops.convert_to_numpy(convolution.kernel)
            for step, weights in enumerate(kernel, before - (len(kernel) - 1) // 2):
                tables[step, 1:, first : first + kernel.shape[-1]] = embeddings[1:] @ weights
            first += kernel.shape[-1]
        tables[before, 0] = -1e4  # excludes padding from the maximum
        bias = np.concatenate([ops.convert_to_numpy(each.bias) for each in self.convolutions])

        def encode(characters: Tensor) -> Tensor:
            padded = ops.pad(characters, ((0, 0), (before, after)))
            ends = (*range(-before - after, 0), None)
            neighbours = (padded[:, start:end] for start, end in enumerate(ends))
            return ops.relu(ops.max(sum(map(lookup, tables, neighbours)), axis=1) + bias)

        return encode

    def compute_output_shape(self, characters_shape: Any) -> tuple[int | None, int]:
        """Return the shape of the word vectors."""
        return (characters_shape[0], self.filters)


@keras.saving.register_keras_serializable("seqnlp")
class CharacterLSTM(keras.layers.Layer):
    """The final states of a bidirectional LSTM over the characters of a word (Lample et al. 2016).

    Args:
        character_count: Size of the character vocabulary, including padding (0).
        dimension: Size of a character embedding.
        filters: Size of the word vector; each direction computes one half.

    Example:
        >>> import numpy as np
        >>> layer = CharacterLSTM(character_count=30, dimension=16, filters=64)
        >>> words = np.array([[3, 1, 20, 0], [4, 15, 7, 9]])  # character ids, 0 in the padding
        >>> tuple(layer(words).shape)
        (2, 64)
    """

    def __init__(self, character_count: int, dimension: int, filters: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.dimension = dimension
        self.filters = filters
        self.embedding = keras.layers.Embedding(
            character_count, dimension, embeddings_initializer="glorot_uniform", name="embedding"
        )
        self.recurrent = Recurrent(filters // 2, name="recurrent")

    def build(self, characters_shape: Any) -> None:
        """Create the embedding and the recurrent layer."""
        self.embedding.build(characters_shape)
        self.recurrent.build((*characters_shape, self.dimension))

    def call(self, characters: Tensor) -> Tensor:
        """Encode words.

        Args:
            characters: int32 [words, width], 0 in the padding.

        Returns:
            float32 [words, filters].
        """
        lengths = ops.maximum(ops.sum(ops.cast(ops.not_equal(characters, 0), "int32"), axis=1), 1)
        states = self.recurrent(lookup(self.embedding.embeddings, characters), lengths)
        half = self.filters // 2
        steps = ops.arange(ops.shape(characters)[1], dtype="int32")
        last = ops.cast(steps[None, :] == lengths[:, None] - 1, states.dtype)[..., None]
        return ops.concatenate([ops.sum(states[..., :half] * last, axis=1), states[:, 0, half:]], axis=-1)

    def precompute(self) -> Callable[[Tensor], Tensor]:
        """Return the layer itself, because nothing can be precomputed."""
        return self

    def compute_output_shape(self, characters_shape: Any) -> tuple[int | None, int]:
        """Return the shape of the word vectors."""
        return (characters_shape[0], self.filters // 2 * 2)
