"""From words to hidden states: what the networks of several tasks have in common."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import ops

from seqnlp.layers.characters import CharacterCNN, CharacterLSTM
from seqnlp.layers.lookup import lookup
from seqnlp.layers.recurrent import Recurrent

Tensor = Any

CHARACTER_ENCODERS = {"cnn": CharacterCNN, "lstm": CharacterLSTM}


@keras.saving.register_keras_serializable("seqnlp")
class Encoder(keras.layers.Layer):
    """Words and their characters as vectors, and recurrent layers over them.

    All of it is time-major: ids are turned round once, vectors never.

    Args:
        words: How many word ids there are.
        characters: How many character ids there are.
        word_dimension: Size of a word's embedding.
        character_encoder: `cnn`, `lstm` or `none`.
        character_dimension: Size of a character's embedding.
        character_filters: Size of the vector that a word's characters give.
        cell: `lstm`, `gru` or `rnn`.
        layers: How many recurrent layers.
        units: Hidden units of each direction.
        bidirectional: Whether the layers read both ways.
        dropout: The share of the inputs of the recurrent layers that are dropped.
        recurrent_dropout: The share of hidden units that are dropped along a whole sentence.
        features: How many fixed figures of each word stand beside its embedding; they are `word_features`.
        seed: For dropout.
    """

    def __init__(
        self,
        words: int,
        characters: int,
        word_dimension: int,
        character_encoder: str,
        character_dimension: int,
        character_filters: int,
        cell: str,
        layers: int,
        units: int,
        bidirectional: bool,
        dropout: float,
        recurrent_dropout: float,
        features: int = 0,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.arguments: dict[str, Any] = {
            "words": words,
            "characters": characters,
            "word_dimension": word_dimension,
            "character_encoder": character_encoder,
            "character_dimension": character_dimension,
            "character_filters": character_filters,
            "cell": cell,
            "layers": layers,
            "units": units,
            "bidirectional": bidirectional,
            "dropout": dropout,
            "recurrent_dropout": recurrent_dropout,
            "features": features,
            "seed": seed,
        }
        self.word_embedding = keras.layers.Embedding(
            words,
            word_dimension,
            embeddings_initializer=keras.initializers.RandomUniform(-0.1, 0.1, seed=seed),
            name="words",
        )
        self.character_encoder = (
            None
            if character_encoder == "none"
            else CHARACTER_ENCODERS[character_encoder](
                characters, character_dimension, character_filters, name="characters"
            )
        )
        self.recurrent = [
            Recurrent(
                units,
                cell,
                bidirectional,
                recurrent_dropout,
                seed=None if seed is None else seed + 100 * (number + 1),
                time_major=True,
                name=f"recurrent_{number + 1}",
            )
            for number in range(layers)
        ]
        self.dropouts = [
            keras.layers.Dropout(dropout, seed=None if seed is None else seed + number)
            for number in range(layers)
        ]
        self.size = units * (1 + bidirectional)

    def build(self, shapes: Any = None) -> None:
        """Create all weights."""
        words, features = self.arguments["words"], self.arguments["features"]
        width = self.arguments["word_dimension"] + features
        self.word_embedding.build((None, None))
        self.word_features = (
            self.add_weight(name="features", shape=(words, features), initializer="zeros", trainable=False)
            if features
            else None
        )
        if self.character_encoder is not None:
            self.character_encoder.build((None, None))
            width += self.character_encoder.compute_output_shape((None, None))[-1]
        for layer in self.recurrent:
            layer.build((None, None, width))
            width = self.size
        self.built = True

    def represent(
        self,
        inputs: dict[str, Tensor],
        table: Tensor = None,
        reader: Callable[[Tensor], Tensor] | None = None,
    ) -> Tensor:
        """Vectors of the words as the first recurrent layer reads them, [time, batch, dimension].

        Args:
            inputs: `words` and `spellings` int32 [batch, time], `characters` int32 [distinct, width].
            table: Character vectors [folded, filters] of words known by heart: `spellings` below `folded`
                are rows of it, others, less `folded`, rows of `characters`.
            reader: Reads characters in place of the layer's own encoder.
        """
        words = ops.transpose(inputs["words"])
        embedded = lookup(self.word_embedding.embeddings, words)
        if self.word_features is not None:
            embedded = ops.concatenate([embedded, lookup(self.word_features, words)], axis=-1)
        if self.character_encoder is None:
            return embedded
        spellings = ops.transpose(inputs["spellings"])
        encoded = (reader or self.character_encoder)(inputs["characters"])
        if table is None:
            return ops.concatenate([embedded, lookup(encoded, spellings)], axis=-1)
        folded = len(table)
        # What is in the table takes the row of zeros that is put before the others, and the other way round.
        known = lookup(np.pad(table, ((0, 1), (0, 0))), ops.minimum(spellings, folded))
        others = lookup(ops.pad(encoded, ((1, 0), (0, 0))), ops.maximum(spellings - (folded - 1), 0))
        return ops.concatenate([embedded, known + others], axis=-1)

    def states(self, vectors: Tensor, lengths: Tensor, training: bool = False) -> Tensor:
        """The hidden states of the last layer, [time, batch, size], from words' vectors."""
        for layer, dropout in zip(self.recurrent, self.dropouts, strict=True):
            vectors = layer(dropout(vectors, training=training), lengths, training=training)
        return vectors

    def call(self, inputs: dict[str, Tensor], training: bool = False) -> Tensor:
        """The hidden states of a batch, [time, batch, size]; `inputs` also has `lengths` [batch]."""
        return self.states(self.represent(inputs), inputs["lengths"], training=training)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), **self.arguments}
