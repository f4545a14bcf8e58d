"""The auxiliary language model: hidden states predict the neighbours of each word, in training only."""

from typing import Any

import keras
from keras import ops

from seqnlp.layers.cross_entropy import cross_entropy
from seqnlp.text.vocabulary import UNKNOWN
from seqnlp.types import Tensor

UNITS = 50
"""Hidden units between a state and the scores of words (Rei 2017)."""
MAX_WORDS = 2000
"""Maximum number of predicted words. The other words are one class."""


@keras.saving.register_keras_serializable("seqnlp")
class AuxiliaryLanguageModel(keras.layers.Layer):
    """A second loss of the first recurrent layer of an encoder (Rei 2017).

    The forward state of a word predicts the next word, and the backward state the previous one. Each
    direction has its own layer of tanh units and its own output layer. States of higher bidirectional layers
    cannot be used, because they have seen the predicted words.

    Args:
        words: Number of word ids. Ids are sorted by decreasing frequency.
        bidirectional: Whether the states contain a backward direction.
        dropout: Dropout rate of the states.
        seed: Seed of the initial weights and of the dropout.

    Example:
        >>> import numpy as np
        >>> layer = AuxiliaryLanguageModel(words=100, bidirectional=True)
        >>> states = np.zeros((3, 2, 8), "float32")
        >>> loss = layer(states, np.array([[5, 7, 9], [4, 2, 0]]), np.array([3, 2]))
        >>> round(float(loss), 3)  # 6 predictions of one of 99 classes
        27.571
    """

    def __init__(
        self, words: int, bidirectional: bool, dropout: float = 0.0, seed: int | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.words = words
        self.bidirectional = bidirectional
        self.rate = dropout
        self.seed = seed
        self.classes = min(words - UNKNOWN, 1 + MAX_WORDS)
        names = ("next", "previous") if bidirectional else ("next",)
        self.hidden = [
            self._dense(UNITS, number, "tanh", f"{name}_hidden") for number, name in enumerate(names)
        ]
        self.outputs = [
            self._dense(self.classes, number + 2, None, f"{name}_words") for number, name in enumerate(names)
        ]
        self.dropout = keras.layers.Dropout(dropout, seed=seed)

    def _dense(self, units: int, number: int, activation: str | None, name: str) -> keras.layers.Dense:
        """Return a layer. Its seed is its own, so that the auxiliary loss changes no other initial weight."""
        seed = None if self.seed is None else self.seed + number
        initializer = keras.initializers.GlorotUniform(seed)
        return keras.layers.Dense(units, activation, kernel_initializer=initializer, name=name)

    def build(self, states_shape: tuple[int | None, ...], *_: Any) -> None:
        """Create all weights."""
        size = states_shape[-1]
        assert size is not None
        for hidden, output in zip(self.hidden, self.outputs, strict=True):
            hidden.build((None, size // len(self.hidden)))
            output.build((None, UNITS))
        self.built = True

    def call(self, states: Tensor, words: Tensor, lengths: Tensor, training: bool = False) -> Tensor:
        """Compute the loss of a batch, a scalar.

        The last word of a row has no next word, and the first word has no previous word. Therefore a row of
        one word has no loss, and nothing is predicted across the cuts of a long sentence.

        Args:
            states: float32 [time, batch, directions * H].
            words: int32 [batch, time], the ids of the words, also of those that word dropout hides.
            lengths: int32 [batch].
            training: Whether to apply dropout.

        Returns:
            The sum of the cross entropies of all predictions.
        """
        lengths = ops.cast(lengths, "int32")
        sides = ops.split(self.dropout(states, training=training), len(self.hidden), axis=-1)
        targets = self.targets(ops.transpose(ops.cast(words, "int32")), lengths)[: len(sides)]
        loss: Tensor = 0.0
        for side, hidden, output, (gold, present) in zip(
            sides, self.hidden, self.outputs, targets, strict=True
        ):
            weights = ops.cast(present, states.dtype)
            loss += cross_entropy(output(hidden(side)), gold, weights, smoothing=0.0, first=0)
        return loss

    def targets(self, words: Tensor, lengths: Tensor) -> list[tuple[Tensor, Tensor]]:
        """Return the class of the next word and of the previous word at each position, and where they exist.

        Args:
            words: int32 [time, batch].
            lengths: int32 [batch].

        Returns:
            For each of the two neighbours, int32 and bool [time, batch].
        """
        known = ops.where(words < UNKNOWN + self.classes, words, UNKNOWN)
        classes = ops.maximum(known - UNKNOWN, 0)
        steps = ops.arange(ops.shape(words)[0], dtype="int32")[:, None]
        return [
            (ops.pad(classes[1:], ((0, 1), (0, 0))), steps + 1 < lengths),
            (ops.pad(classes[:-1], ((1, 0), (0, 0))), (steps > 0) & (steps < lengths)),
        ]

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        arguments = {"words": self.words, "bidirectional": self.bidirectional, "dropout": self.rate}
        return {**super().get_config(), **arguments, "seed": self.seed}
