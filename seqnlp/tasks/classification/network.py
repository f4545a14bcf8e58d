"""The classification network: an encoder, pooling, and scores of the labels."""

from collections.abc import Callable, Sequence
from typing import Any

import keras
from keras import ops

from seqnlp.layers.encoder import Encoder
from seqnlp.layers.pooling import AttentionPooling, LastPooling, MaxPooling, MeanPooling

Tensor = Any

POOLINGS: dict[str, Callable[[Encoder], Any]] = {
    "last": lambda encoder: LastPooling(encoder.arguments["bidirectional"], name="pooling"),
    "max": lambda encoder: MaxPooling(name="pooling"),
    "mean": lambda encoder: MeanPooling(name="pooling"),
    "attention": lambda encoder: AttentionPooling(name="pooling"),
}
"""The one registry of poolings."""


@keras.saving.register_keras_serializable("seqnlp")
class ClassificationNetwork(keras.Model):
    """A (Bi-)GRU classifier and its kin.

    Inputs are a dict of int32 arrays from `seqnlp.data.words.Encoded.batch`: `words` and `spellings`
    [batch, time], `characters` [distinct, width], `lengths` [batch]. The output is the logits of the labels,
    float32 [batch, labels].

    Args:
        encoder: The arguments of the `Encoder`.
        labels: How many labels there are.
        pooling: `last`, `max`, `mean` or `attention`.
        several: Whether a text may have several labels, or none.
        label_smoothing: The share of a label's weight that is spread over all labels in training; where a
            text may have several, over yes and no.
        class_weights: What a text of each label counts in training; where a text may have several, what
            having one counts.
        seed: For dropout.
    """

    def __init__(
        self,
        encoder: dict[str, Any],
        labels: int,
        pooling: str,
        several: bool = False,
        label_smoothing: float = 0.0,
        class_weights: Sequence[float] | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.arguments: dict[str, Any] = {
            "encoder": encoder,
            "labels": labels,
            "pooling": pooling,
            "several": several,
            "label_smoothing": label_smoothing,
            "class_weights": class_weights,
            "seed": seed,
        }
        self.encoder = Encoder(**encoder, seed=seed, name="encoder")
        self.pooling = POOLINGS[pooling](self.encoder)
        self.dropout = keras.layers.Dropout(
            encoder["dropout"], seed=None if seed is None else seed + encoder["layers"]
        )
        self.classes = keras.layers.Dense(labels, name="classes")

    def build(self, shapes: Any = None) -> None:
        """Create all weights."""
        self.encoder.build()
        self.pooling.build((None, None, self.encoder.size))
        self.classes.build((None, self.encoder.size))
        self.temperature = self.add_weight(name="temperature", shape=(), initializer="ones", trainable=False)
        half = keras.initializers.Constant(0.5)
        self.threshold = self.add_weight(name="threshold", shape=(), initializer=half, trainable=False)
        self.built = True

    def logits(self, states: Tensor, lengths: Tensor, training: bool = False) -> Tensor:
        """The logits of the labels, [batch, labels], from hidden states [time, batch, size]."""
        vector = self.dropout(self.pooling(states, lengths), training=training)
        return self.classes(vector) / self.temperature

    @property
    def attends(self) -> bool:
        """Whether the pooling weighs the words, so that there is `attention`."""
        return isinstance(self.pooling, AttentionPooling)

    def attention(self, states: Tensor, lengths: Tensor) -> Tensor:
        """How much each word counts, [batch, time], from hidden states [time, batch, size]; 0 in the padding.

        Only a network that `attends` has it. A row's sum is 1, or 0 where it is empty.
        """
        return ops.transpose(ops.squeeze(self.pooling.weights_of(states, lengths), axis=-1))

    def call(self, inputs: dict[str, Tensor], training: bool = False) -> Tensor:
        """Compute the logits of a batch."""
        return self.logits(self.encoder(inputs, training=training), inputs["lengths"], training=training)

    def probabilities(self, logits: Tensor) -> Tensor:
        """The probabilities of the labels, [batch, labels]."""
        return ops.sigmoid(logits) if self.arguments["several"] else ops.softmax(logits)

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Tensor:
        """The cross entropy of the labels `y`, flags [batch, labels], per row that is not empty."""
        held = ops.cast(y, y_pred.dtype)
        smoothing = self.arguments["label_smoothing"]
        weights = self.arguments["class_weights"] or [1.0] * self.arguments["labels"]
        if self.arguments["several"]:
            wanted = held * (1 - smoothing) + smoothing / 2
            yes, no = ops.log_sigmoid(y_pred), ops.log_sigmoid(-y_pred)
            losses = -ops.sum(wanted * yes * weights + (1 - wanted) * no, axis=-1)
        else:
            wanted = held * (1 - smoothing) + smoothing / self.arguments["labels"]
            losses = -ops.sum(wanted * ops.log_softmax(y_pred), axis=-1) * ops.sum(held * weights, axis=-1)
        rows = ops.cast(x["lengths"] > 0, y_pred.dtype)
        return ops.sum(losses * rows) / ops.maximum(ops.sum(rows), 1.0)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), **self.arguments}
