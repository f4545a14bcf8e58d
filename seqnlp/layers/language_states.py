"""The states of a language model as features of words.

The states of a character model are contextual string embeddings (Akbik, Blythe and Vollgraf 2018).
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Self

import keras
from keras import ops

from seqnlp.data.language_codec import DIRECTIONS
from seqnlp.layers.lookup import lookup
from seqnlp.layers.recurrent import Recurrent
from seqnlp.types import Tensor

if TYPE_CHECKING:
    from seqnlp.layers.token_reader import TokenReader

_GRID = 32
"""In training, numbers of tokens are rounded up to a multiple of this, so that few shapes are compiled."""


@dataclass(frozen=True)
class LanguageStatesConfig:
    """The sizes of a language model whose states are features.

    Attributes:
        vocabulary: Number of token ids.
        dimension: Size of an embedding.
        units: Units of each layer.
        cell: `lstm`, `gru` or `rnn`.
        direction: `forward`, `backward` or `both`.
    """

    vocabulary: int
    dimension: int
    units: Sequence[int]
    cell: str
    direction: str

    @classmethod
    def of_network(cls, network: "TokenReader") -> Self:
        """Return the sizes of a language model."""
        chains = network.chains
        layers = next(iter(chains.values()))
        vocabulary, dimension = network.input_table.shape
        (direction,) = (name for name, each in DIRECTIONS.items() if each == tuple(chains))
        return cls(vocabulary, dimension, [layer.units for layer in layers], layers[0].cell, direction)

    @property
    def directions(self) -> Sequence[str]:
        """The directions in which the language model reads."""
        return DIRECTIONS[self.direction]

    @property
    def size(self) -> int:
        """The number of features of a word."""
        return self.units[-1] * len(self.directions)


@keras.saving.register_keras_serializable("seqnlp")
class LanguageStates(keras.layers.Layer):
    """The hidden states of the last layer of a language model at the tokens next to each word.

    The weights are those of a trained language model.

    Args:
        config: The sizes of the language model.
        fine_tuned: Whether the weights are trained further.
        recurrent_dropout: Dropout rate of hidden units of a language model that is fine-tuned.
        seed: Seed of the dropout.

    Attributes:
        config: The sizes of the language model.

    Example:
        >>> import numpy as np
        >>> layer = LanguageStates(LanguageStatesConfig(20, 4, [8], "lstm", "both"))
        >>> inputs = {
        ...     "tokens": np.array([[2, 5, 7, 5, 2]]),  # one text of two words
        ...     "token_lengths": np.array([5]),
        ...     "tokens_after": np.array([[2, 4]]),
        ...     "tokens_before": np.array([[0, 2]]),
        ... }
        >>> tuple(layer(inputs).shape)  # [words, batch, size]
        (2, 1, 16)
    """

    def __init__(
        self,
        config: LanguageStatesConfig,
        fine_tuned: bool = False,
        recurrent_dropout: float = 0.0,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.config = config
        self.fine_tuned = fine_tuned
        self.recurrent_dropout = recurrent_dropout
        self.seed = seed

        def make_layers(direction: str) -> list[Recurrent]:
            return [
                Recurrent(
                    units,
                    config.cell,
                    bidirectional=False,
                    recurrent_dropout=recurrent_dropout,
                    seed=None if seed is None else seed + 1000 * number,
                    time_major=True,
                    backwards=direction == "backward",
                    name=f"{direction}_{number}",
                )
                for number, units in enumerate(config.units, 1)
            ]

        self.forward = make_layers("forward") if "forward" in config.directions else []
        self.backward = make_layers("backward") if "backward" in config.directions else []

    def build(self, inputs_shape: Any = None) -> None:
        """Create all weights."""
        shape = (self.config.vocabulary, self.config.dimension)
        self.table = self.add_weight(name="table", shape=shape, initializer="zeros")
        for layers in (self.forward, self.backward):
            width = self.config.dimension
            for layer in layers:
                layer.build((None, None, width))
                width = layer.units
        self.trainable = self.fine_tuned  # also of all layers and weights
        self.built = True

    def copy_weights(self, network: "TokenReader") -> None:
        """Copy the weights of a language model, which has the sizes of `config`."""
        self.table.assign(network.input_table)
        for direction, layers in network.chains.items():
            for ours, theirs in zip(getattr(self, direction), layers, strict=True):
                ours.set_weights(theirs.get_weights())

    @property
    def groups(self) -> list[list[Tensor]]:
        """The weights in the order in which they are unfrozen: the last layer first, the embeddings last."""
        layers = [layers for layers in (self.forward, self.backward) if layers]
        last_to_first = [
            [weight for layer in group for weight in layer.trainable_weights]
            for group in reversed(list(zip(*layers, strict=True)))
        ]
        return [*last_to_first, [self.table]]

    def call(self, inputs: Mapping[str, Tensor], training: bool = False) -> Tensor:
        """Compute the features of words, [words, batch, size].

        Args:
            inputs: `tokens` int32 [batch, time], the token ids of each text; `token_lengths` int32 [batch];
                `tokens_after` int32 [batch, words], the place among the tokens of a text whose forward state
                belongs to each word; `tokens_before`, the same for the backward state. A place is only needed
                if the language model reads in that direction.
            training: Whether to apply dropout, if the language model is fine-tuned.
        """
        training = training and self.fine_tuned
        embedded = lookup(self.table, ops.transpose(inputs["tokens"]))
        found = []
        for layers, name in ((self.forward, "tokens_after"), (self.backward, "tokens_before")):
            if layers:
                hidden = embedded
                for layer in layers:
                    hidden = layer(hidden, inputs["token_lengths"], training=training)
                found.append(_select(hidden, inputs[name]))
        states = ops.concatenate(found, axis=-1) if len(found) > 1 else found[0]
        return states if self.fine_tuned else ops.stop_gradient(states)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments, `config` as a dict."""
        return {
            **super().get_config(),
            "config": asdict(self.config),
            "fine_tuned": self.fine_tuned,
            "recurrent_dropout": self.recurrent_dropout,
            "seed": self.seed,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "LanguageStates":
        """Create the layer from the result of `get_config`."""
        return cls(**{**config, "config": LanguageStatesConfig(**config["config"])})


def _select(states: Tensor, places: Tensor) -> Tensor:
    """Return the states [time, batch, size] at places int32 [batch, words], [words, batch, size]."""
    batch, size = ops.shape(states)[1], states.shape[2]
    columns = ops.arange(batch, dtype="int32")
    return lookup(ops.reshape(states, (-1, size)), ops.transpose(places) * batch + columns[None, :])


def pad_tokens(inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Pad `tokens` to one of a few lengths, since the recurrent layers are compiled for each length."""
    tokens = inputs["tokens"]
    missing = (_GRID - ops.shape(tokens)[1] % _GRID) % _GRID  # ONNX has no remainder of negative numbers
    return {**inputs, "tokens": ops.pad(tokens, ((0, 0), (0, missing)))}
