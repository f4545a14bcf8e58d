"""The word encoder of several tasks: from word ids to hidden states."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import keras
import numpy as np
from keras import ops

from seqnlp.layers.auxiliary import AuxiliaryLanguageModel
from seqnlp.layers.characters import CharacterCNN, CharacterLSTM
from seqnlp.layers.language_states import LanguageStates, LanguageStatesConfig, pad_tokens
from seqnlp.layers.lookup import lookup
from seqnlp.layers.recurrent import Recurrent
from seqnlp.types import Floats, Tensor

CHARACTER_ENCODERS = {"cnn": CharacterCNN, "lstm": CharacterLSTM}


@dataclass(frozen=True)
class EncoderConfig:
    """The sizes and choices of an `Encoder`.

    Attributes:
        word_count: Size of the word vocabulary.
        character_count: Size of the character vocabulary.
        word_dimension: Size of a word embedding.
        character_encoder: `cnn`, `lstm` or `none`.
        character_dimension: Size of a character embedding.
        character_filters: Size of the character vector of a word.
        cell: `lstm`, `gru` or `rnn`.
        layers: Number of recurrent layers. Without any, the states are the inputs of the first one.
        units: Hidden units of each direction.
        bidirectional: Whether the layers read in both directions.
        dropout: Dropout rate of the inputs of the recurrent layers.
        recurrent_dropout: Dropout rate of hidden units, constant over a sequence.
        feature_count: Number of fixed features per word, such as log-count ratios.
        language_model: The sizes of a language model whose states are features of words; None without one.
        fine_tuned: Whether the weights of the language model are trained.
        auxiliary_language_model: Weight of an auxiliary loss in training; 0 for none.
    """

    word_count: int
    character_count: int
    word_dimension: int
    character_encoder: str
    character_dimension: int
    character_filters: int
    cell: str
    layers: int
    units: int
    bidirectional: bool
    dropout: float = 0.0
    recurrent_dropout: float = 0.0
    feature_count: int = 0
    language_model: LanguageStatesConfig | None = None
    fine_tuned: bool = False
    auxiliary_language_model: float = 0.0

    @classmethod
    def from_values(cls, values: Mapping[str, Any]) -> "EncoderConfig":
        """Restore a configuration from the result of `asdict`."""
        language = values.get("language_model")
        return cls(
            **{**values, "language_model": None if language is None else LanguageStatesConfig(**language)}
        )


@keras.saving.register_keras_serializable("seqnlp")
class Encoder(keras.layers.Layer):
    """Word embeddings, character vectors, and recurrent layers over both.

    The encoder is time-major: it transposes ids, not vectors. In training it can add a loss of its own, that
    of an `AuxiliaryLanguageModel` of its first recurrent layer.

    Args:
        config: The sizes and choices.
        seed: Seed of the word embeddings and of the dropout.

    Attributes:
        config: The sizes and choices.
        size: Size of a hidden state.
        backward_size: The number of units at the end of a hidden state that belong to a backward direction.

    Example:
        >>> import numpy as np
        >>> config = EncoderConfig(
        ...     word_count=100, word_dimension=16, character_encoder="none", character_count=30,
        ...     character_dimension=8, character_filters=8, cell="gru", layers=1, units=12,
        ...     bidirectional=True,
        ... )
        >>> inputs = {"words": np.array([[5, 7, 9], [4, 2, 0]]), "lengths": np.array([3, 2])}
        >>> tuple(Encoder(config)(inputs).shape)  # [time, batch, size]
        (3, 2, 24)
    """

    def __init__(self, config: EncoderConfig, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.config = config
        self.seed = seed
        self.word_embedding = keras.layers.Embedding(
            config.word_count,
            config.word_dimension,
            embeddings_initializer=keras.initializers.RandomUniform(-0.1, 0.1, seed=seed),
            name="words",
        )
        self.character_encoder = (
            None
            if config.character_encoder == "none"
            else CHARACTER_ENCODERS[config.character_encoder](
                config.character_count,
                config.character_dimension,
                config.character_filters,
                name="characters",
            )
        )
        language = config.language_model
        self.language_states = (
            None
            if language is None
            else LanguageStates(
                language, config.fine_tuned, config.recurrent_dropout, seed, name="language_model"
            )
        )
        self.recurrent = [
            Recurrent(
                config.units,
                config.cell,
                config.bidirectional,
                config.recurrent_dropout,
                seed=None if seed is None else seed + 100 * (number + 1),
                time_major=True,
                name=f"recurrent_{number + 1}",
            )
            for number in range(config.layers)
        ]
        self.dropouts = [
            keras.layers.Dropout(config.dropout, seed=None if seed is None else seed + number)
            for number in range(config.layers)
        ]
        self.auxiliary = (
            AuxiliaryLanguageModel(
                config.word_count,
                config.bidirectional,
                config.dropout,
                seed=None if seed is None else seed + 10_000,
                name="auxiliary_language_model",
            )
            if config.auxiliary_language_model
            else None
        )
        characters = self.character_encoder
        spelling = 0 if characters is None else characters.compute_output_shape((None, None))[-1]
        self.size, self.backward_size = _sizes(config, spelling)

    def build(self, inputs_shape: Any = None) -> None:
        """Create all weights."""
        words, features = self.config.word_count, self.config.feature_count
        width = self.config.word_dimension + features
        self.word_embedding.build((None, None))
        self.word_features: Tensor = (
            self.add_weight(name="features", shape=(words, features), initializer="zeros", trainable=False)
            if features
            else None
        )
        if self.character_encoder is not None:
            self.character_encoder.build((None, None))
            width += self.character_encoder.compute_output_shape((None, None))[-1]
        if self.language_states is not None:
            self.language_states.build()
            width += self.language_states.config.size
        for layer in self.recurrent:
            layer.build((None, None, width))
            width = self.size
        if self.auxiliary is not None:
            self.auxiliary.build((None, None, self.size))
        self.built = True

    def embed(
        self,
        inputs: Mapping[str, Tensor],
        cached: Floats | None = None,
        encode_characters: Callable[[Tensor], Tensor] | None = None,
        training: bool = False,
    ) -> Tensor:
        """Compute the input of the first recurrent layer, [time, batch, dimension].

        Args:
            inputs: `words` and `spellings` int32 [batch, time], `characters` int32 [distinct, width]; with a
                language model, also the inputs of `LanguageStates`, or its output as `language_states`
                float32 [batch, time, size].
            cached: Character vectors of frequent words, float32 [cached, filters]. `spellings` below `cached`
                are rows of this table. Subtract `cached` from other spellings for the row in `characters`.
            encode_characters: A function to use instead of the character encoder of the layer.
            training: Whether to apply dropout in a language model that is fine-tuned.
        """
        words = ops.transpose(inputs["words"])
        embedded = [lookup(self.word_embedding.embeddings, words)]
        if self.word_features is not None:
            embedded.append(lookup(self.word_features, words))
        if self.character_encoder is not None:
            embedded.append(_look_up(encode_characters or self.character_encoder, inputs, cached))
        if "language_states" in inputs:
            embedded.append(ops.transpose(inputs["language_states"], (1, 0, 2)))
        elif self.language_states is not None:
            embedded.append(self.language_states(inputs, training=training))
        return ops.concatenate(embedded, axis=-1) if len(embedded) > 1 else embedded[0]

    def encode(self, vectors: Tensor, lengths: Tensor, training: bool = False) -> Tensor:
        """Compute the hidden states of the last layer, [time, batch, size], from embedded words.

        Args:
            vectors: The result of `embed`, [time, batch, dimension].
            lengths: int32 [batch].
            training: Whether to apply dropout.
        """
        return self._run_layers(vectors, lengths, training)[-1]

    def _run_layers(self, vectors: Tensor, lengths: Tensor, training: bool) -> list[Tensor]:
        """Return the embedded words, and the hidden states of each recurrent layer, [time, batch, size]."""
        states = [vectors]
        for layer, dropout in zip(self.recurrent, self.dropouts, strict=True):
            states.append(layer(dropout(states[-1], training=training), lengths, training=training))
        return states

    def call(self, inputs: Mapping[str, Tensor], training: bool = False) -> Tensor:
        """Compute the hidden states of a batch, [time, batch, size].

        Args:
            inputs: As in `embed`, and `lengths` int32 [batch]. In training with an auxiliary language model,
                also `gold_words` int32 [batch, time], the ids of all words, whereas `words` lacks those that
                word dropout hides.
            training: Whether to apply dropout and to add the auxiliary loss.
        """
        if "tokens" in inputs:
            inputs = pad_tokens(inputs)
        lengths = inputs["lengths"]
        states = self._run_layers(self.embed(inputs, training=training), lengths, training)
        if training and self.auxiliary is not None:
            loss = self.auxiliary(states[1], inputs["gold_words"], lengths, training=training)
            tokens = ops.maximum(ops.cast(ops.sum(lengths), loss.dtype), 1.0)
            self.add_loss(self.config.auxiliary_language_model * loss / tokens)
        return states[-1]

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments, `config` as a dict."""
        return {**super().get_config(), "config": asdict(self.config), "seed": self.seed}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Encoder":
        """Create the layer from the result of `get_config`."""
        encoder: Encoder = super().from_config(
            {**config, "config": EncoderConfig.from_values(config["config"])}
        )
        return encoder


def _look_up(
    encode_characters: Callable[[Tensor], Tensor], inputs: Mapping[str, Tensor], cached: Floats | None
) -> Tensor:
    """Return the character vectors of words, [time, batch, filters], for the arguments of `Encoder.embed`."""
    spellings = ops.transpose(inputs["spellings"])
    encoded = encode_characters(inputs["characters"])
    if cached is None:
        return lookup(encoded, spellings)
    count = len(cached)
    # Each table has a row of zeros for the words of the other table.
    known = lookup(np.pad(cached, ((0, 1), (0, 0))), ops.minimum(spellings, count))
    others = lookup(ops.pad(encoded, ((1, 0), (0, 0))), ops.maximum(spellings - (count - 1), 0))
    return known + others


def _sizes(config: EncoderConfig, characters: int) -> tuple[int, int]:
    """Return the size of a hidden state, and the number of units at its end that are read backward.

    Args:
        config: The sizes and choices.
        characters: Size of the character vector of a word.
    """
    if config.layers:
        return config.units * (1 + config.bidirectional), config.units * config.bidirectional
    size, language = config.word_dimension + config.feature_count + characters, config.language_model
    if language is None:
        return size, 0
    return size + language.size, language.units[-1] if "backward" in language.directions else 0
