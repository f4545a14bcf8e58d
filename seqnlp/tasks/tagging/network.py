"""The tagging network: an encoder, and emissions for a CRF or a softmax."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from seqnlp.layers.crf import CRF
from seqnlp.layers.encoder import EncoderConfig
from seqnlp.layers.network import WordNetwork
from seqnlp.types import Tensor


@keras.saving.register_keras_serializable("seqnlp")
class TaggingNetwork(WordNetwork):
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
        flags = None if legal is None else [np.asarray(each).tolist() for each in legal]
        super().__init__(encoder, seed, {"labels": labels, "legal": flags}, **kwargs)
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

    def gold_loss(self, inputs: Any, outputs: Tensor, gold: Tensor, training: bool) -> Tensor:
        """Return the negative log-likelihood of the gold tags, [batch, time], per token."""
        lengths = inputs["lengths"]
        tokens = ops.maximum(ops.cast(ops.sum(lengths), "float32"), 1.0)
        if self.crf is not None:
            return -self.crf.log_likelihood(outputs, gold, lengths) / tokens
        present = ops.cast(
            ops.arange(ops.shape(gold)[1], dtype="int32")[None, :] < lengths[:, None], "float32"
        )
        losses = keras.losses.sparse_categorical_crossentropy(gold, outputs, from_logits=True)
        return ops.sum(losses * present) / tokens
