"""The tagging network: an encoder, and emissions for a CRF."""

from typing import Any

import keras
from keras import ops

from seqnlp.layers.crf import CRF
from seqnlp.layers.encoder import Encoder

Tensor = Any


@keras.saving.register_keras_serializable("seqnlp")
class TaggingNetwork(keras.Model):
    """A (Bi-)LSTM-CRF tagger (Huang et al. 2015, Lample et al. 2016) and its kin.

    Inputs are a dict of int32 arrays from `seqnlp.data.words.Encoded.batch`: `words` and `spellings`
    [batch, time], `characters` [distinct, width], `lengths` [batch]. The output is the emissions, float32
    [batch, time, labels].

    Args:
        encoder: The arguments of the `Encoder`.
        labels: How many labels there are.
        legal: `transitions`, `start` and `end` of the scheme for a CRF; None for a softmax at each word.
        seed: For dropout.
    """

    def __init__(
        self,
        encoder: dict[str, Any],
        labels: int,
        legal: tuple[Any, Any, Any] | None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.arguments: dict[str, Any] = {
            "encoder": encoder,
            "labels": labels,
            "legal": legal,
            "seed": seed,
        }
        self.encoder = Encoder(**encoder, seed=seed, name="encoder")
        self.dropout = keras.layers.Dropout(
            encoder["dropout"], seed=None if seed is None else seed + encoder["layers"]
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
        """Scores of the labels, [batch, time, labels], from hidden states [time, batch, size]."""
        scores = self.projection(self.dropout(states, training=training))
        return ops.transpose(scores, (1, 0, 2))

    def call(self, inputs: dict[str, Tensor], training: bool = False) -> Tensor:
        """Compute the emissions of a batch."""
        return self.emissions(self.encoder(inputs, training=training), training=training)

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
