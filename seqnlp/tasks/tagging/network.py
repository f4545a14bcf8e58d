"""The tagging network: an encoder, and emissions for a CRF or a softmax."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import keras
import numpy as np
from keras import ops

from seqnlp.layers.crf import CRF
from seqnlp.layers.encoder import Encoder, EncoderConfig
from seqnlp.types import Tensor


@keras.saving.register_keras_serializable("seqnlp")
class TaggingNetwork(keras.Model):
    """A (Bi-)LSTM-CRF tagger (Huang et al. 2015, Lample et al. 2016) and its variants.

    Inputs are a dict of int32 arrays from `seqnlp.data.words.EncodedWords.batch`: `words` and `spellings`
    [batch, time], `characters` [distinct, width], `lengths` [batch]. The output is the emissions, float32
    [batch, time, labels].

    Args:
        encoder: The configuration of the encoder.
        labels: The number of labels K.
        legal: Flags `transitions` [K][K], `start` [K] and `end` [K] of the tagging scheme for a CRF; None for
            a softmax at each word.
        seed: The seed of dropout.
    """

    def __init__(
        self,
        encoder: EncoderConfig,
        labels: int,
        legal: Sequence[Any] | None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.arguments: dict[str, Any] = {
            "encoder": asdict(encoder),
            "labels": labels,
            "legal": None if legal is None else [np.asarray(flags).tolist() for flags in legal],
            "seed": seed,
        }
        self.encoder = Encoder(encoder, seed, name="encoder")
        self.dropout = keras.layers.Dropout(
            encoder.dropout, seed=None if seed is None else seed + encoder.layers
        )
        self.projection = keras.layers.Dense(labels, name="emissions")
        self.crf = None if legal is None else CRF(*legal, name="crf")

    def build(self, shapes: Any = None) -> None:
        """Create all weights."""
        self.encoder.build()
        self.projection.build((None, None, self.encoder.size))
        if self.crf is not None:
            self.crf.build()
        self.built = True

    def emissions(self, states: Tensor, training: bool = False) -> Tensor:
        """Compute the scores of the labels from hidden states.

        Args:
            states: float32 [time, batch, size].
            training: Whether to apply dropout.

        Returns:
            float32 [batch, time, labels].
        """
        scores = self.projection(self.dropout(states, training=training))
        return ops.transpose(scores, (1, 0, 2))

    def call(self, inputs: dict[str, Tensor], training: bool = False) -> Tensor:
        """Compute the emissions of a batch, float32 [batch, time, labels]."""
        return self.emissions(self.encoder(inputs, training=training), training=training)

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Tensor:
        """Compute the negative log-likelihood of the gold tags `y` [batch, time], per token."""
        lengths = x["lengths"]
        tokens = ops.maximum(ops.cast(ops.sum(lengths), "float32"), 1.0)
        if self.crf is not None:
            return -self.crf.log_likelihood(y_pred, y, lengths) / tokens
        present = ops.cast(ops.arange(ops.shape(y)[1], dtype="int32")[None, :] < lengths[:, None], "float32")
        losses = keras.losses.sparse_categorical_crossentropy(y, y_pred, from_logits=True)
        return ops.sum(losses * present) / tokens

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        return {**super().get_config(), **self.arguments}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "TaggingNetwork":
        """Create a network from the result of `get_config`."""
        return cls(**{**config, "encoder": EncoderConfig(**config["encoder"])})
