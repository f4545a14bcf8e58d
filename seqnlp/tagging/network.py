"""The tagging network: words and their characters, recurrent layers, emissions for a CRF."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras  # noqa: TID253
import numpy as np
from keras import ops  # noqa: TID253

from seqnlp.errors import ModelFileError
from seqnlp.layers.characters import CharacterCNN, CharacterLSTM
from seqnlp.layers.crf import CRF
from seqnlp.layers.lookup import lookup
from seqnlp.layers.recurrent import Recurrent

Tensor = Any

CHARACTER_ENCODERS = {"cnn": CharacterCNN, "lstm": CharacterLSTM}


@keras.saving.register_keras_serializable("seqnlp")
class TaggingNetwork(keras.Model):  # type: ignore[misc]
    """A (Bi-)LSTM-CRF tagger (Huang et al. 2015, Lample et al. 2016) and its kin.

    Inputs are a dict of int32 arrays, as `seqnlp.tagging.codec.Encoded.batch` makes them: `words` and
    `spellings` [batch, time], `characters` [distinct, width], `lengths` [batch]. The output is the emissions,
    float32 [batch, time, labels].

    Args:
        words: How many word ids there are.
        characters: How many character ids there are.
        labels: How many labels there are.
        legal: `transitions`, `start` and `end` of the scheme for a CRF; None for a softmax at each word.
        word_dimension: Size of a word's embedding.
        character_encoder: `cnn`, `lstm` or `none`.
        character_dimension: Size of a character's embedding.
        character_filters: Size of the vector that a word's characters give.
        cell: `lstm`, `gru` or `rnn`.
        layers: How many recurrent layers.
        units: Hidden units of each direction.
        bidirectional: Whether the layers read both ways.
        dropout: The share of inputs and outputs of the recurrent layers that are dropped.
        recurrent_dropout: The share of hidden units that are dropped along a whole sentence.
        seed: For dropout.
    """

    def __init__(
        self,
        words: int,
        characters: int,
        labels: int,
        legal: tuple[Any, Any, Any] | None,
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
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.arguments: dict[str, Any] = {
            "words": words,
            "characters": characters,
            "labels": labels,
            "legal": legal,
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
            for number in range(layers + 1)
        ]
        self.projection = keras.layers.Dense(labels, name="emissions")
        self.crf = None if legal is None else CRF(*legal, name="crf")

    def build(self, shapes: Any = None) -> None:
        """Create all weights."""
        width = self.arguments["word_dimension"]
        self.word_embedding.build((None, None))
        if self.character_encoder is not None:
            self.character_encoder.build((None, None))
            width += self.character_encoder.compute_output_shape((None, None))[-1]
        for layer in self.recurrent:
            layer.build((None, None, width))
            width = layer.compute_output_shape((None, None, width))[-1]
        self.projection.build((None, None, width))
        if self.crf is not None:
            self.crf.build()
        self.built = True

    def represent(
        self,
        inputs: dict[str, Tensor],
        table: Tensor = None,
        encoder: Callable[[Tensor], Tensor] | None = None,
    ) -> Tensor:
        """Vectors of the words as the first recurrent layer reads them, [time, batch, dimension].

        Args:
            inputs: As for `call`.
            table: Character vectors [folded, filters] of words known by heart: `spellings` below `folded`
                are rows of it, others, less `folded`, rows of `characters`.
            encoder: Reads characters in place of the network's own encoder.
        """
        embedded = lookup(self.word_embedding.embeddings, ops.transpose(inputs["words"]))
        if self.character_encoder is None:
            return embedded
        spellings = ops.transpose(inputs["spellings"])
        encoded = (encoder or self.character_encoder)(inputs["characters"])
        if table is None:
            return ops.concatenate([embedded, lookup(encoded, spellings)], axis=-1)
        folded = len(table)
        # What is in the table takes the row of zeros that is put before the others, and the other way round.
        known = lookup(np.pad(table, ((0, 1), (0, 0))), ops.minimum(spellings, folded))
        others = lookup(ops.pad(encoded, ((1, 0), (0, 0))), ops.maximum(spellings - (folded - 1), 0))
        return ops.concatenate([embedded, known + others], axis=-1)

    def emissions(self, vectors: Tensor, lengths: Tensor, training: bool = False) -> Tensor:
        """Scores of the labels, [batch, time, labels], from the words' vectors [time, batch, dimension]."""
        for layer, dropout in zip(self.recurrent, self.dropouts, strict=False):
            vectors = layer(dropout(vectors, training=training), lengths, training=training)
        scores = self.projection(self.dropouts[-1](vectors, training=training))
        return ops.transpose(scores, (1, 0, 2))

    def call(self, inputs: dict[str, Tensor], training: bool = False) -> Tensor:
        """Compute the emissions of a batch."""
        return self.emissions(self.represent(inputs), inputs["lengths"], training=training)

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Tensor:
        """The negative log-likelihood of the tags `y` [batch, time], per token."""
        lengths = x["lengths"]
        tokens = ops.maximum(ops.cast(ops.sum(lengths), "float32"), 1.0)
        if self.crf is not None:
            return -self.crf.log_likelihood(y_pred, y, lengths) / tokens
        present = ops.cast(ops.arange(ops.shape(y)[1], dtype="int32")[None, :] < lengths[:, None], "float32")
        losses = keras.losses.sparse_categorical_crossentropy(y, y_pred, from_logits=True)
        return ops.sum(losses * present) / tokens

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        legal = self.arguments["legal"]
        plain = (
            None if legal is None else [part if isinstance(part, list) else part.tolist() for part in legal]
        )
        return {**super().get_config(), **self.arguments, "legal": plain}


def load_network(path: Path) -> TaggingNetwork:
    """Load a network that was saved as `model.keras`.

    Raises:
        ModelFileError: The file is missing or damaged.
    """
    try:
        return keras.models.load_model(path, compile=False)  # type: ignore[no-any-return]
    except (OSError, ValueError, KeyError) as error:
        raise ModelFileError(f"{path} cannot be loaded: {str(error).splitlines()[0]}") from error
