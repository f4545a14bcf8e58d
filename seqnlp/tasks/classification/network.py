"""The classification network: an encoder, a pooling layer, and an output layer of labels."""

from collections.abc import Callable, Sequence
from typing import Any

import keras
from keras import ops

from seqnlp.layers.encoder import Encoder, EncoderConfig
from seqnlp.layers.network import WordNetwork
from seqnlp.layers.pooling import AttentionPooling, ConcatPooling, LastPooling, MaxPooling, MeanPooling
from seqnlp.types import Tensor

POOLINGS: dict[str, Callable[[Encoder], keras.layers.Layer]] = {
    "last": lambda encoder: LastPooling(
        encoder.backward_size > 0, encoder.backward_size or None, name="pooling"
    ),
    "max": lambda encoder: MaxPooling(name="pooling"),
    "mean": lambda encoder: MeanPooling(name="pooling"),
    "concat": lambda encoder: ConcatPooling(
        encoder.backward_size > 0, encoder.backward_size or None, name="pooling"
    ),
    "attention": lambda encoder: AttentionPooling(name="pooling"),
}
"""Creates each pooling layer, by name."""


@keras.saving.register_keras_serializable("seqnlp")
class ClassificationNetwork(WordNetwork):
    """A recurrent text classifier.

    The inputs are a dict of int32 arrays as `seqnlp.data.words.EncodedWords.batch` returns them. The output
    is the logits of the labels, float32 [batch, labels].

    Args:
        encoder: The sizes and choices of the encoder.
        labels: Number of labels.
        pooling: `last`, `max`, `mean`, `concat` (all of them) or `attention`.
        multi_label: Whether a text may have any number of labels.
        label_smoothing: The share of the target distribution that is spread evenly over all labels. With
            `multi_label`, over having and not having each label.
        class_weights: The weight of each label in training; with `multi_label`, of texts that have it.
        seed: Random seed of the dropout.
    """

    def __init__(
        self,
        encoder: EncoderConfig,
        labels: int,
        pooling: str,
        multi_label: bool = False,
        label_smoothing: float = 0.0,
        class_weights: Sequence[float] | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        arguments = {
            "labels": labels,
            "pooling": pooling,
            "multi_label": multi_label,
            "label_smoothing": label_smoothing,
            "class_weights": class_weights,
        }
        super().__init__(encoder, seed, arguments, **kwargs)
        self.pooling = POOLINGS[pooling](self.encoder)
        self.classes = keras.layers.Dense(labels, name="classes")

    def build(self, shapes: Any = None) -> None:
        """Create all weights."""
        self.encoder.build()
        self.pooling.build((None, None, self.encoder.size))
        self.classes.build((None, self.encoder.size * (3 if self.arguments["pooling"] == "concat" else 1)))
        self.temperature = self.add_weight(name="temperature", shape=(), initializer="ones", trainable=False)
        half = keras.initializers.Constant(0.5)
        self.threshold = self.add_weight(name="threshold", shape=(), initializer=half, trainable=False)
        self.built = True

    def logits(self, states: Tensor, lengths: Tensor, training: bool = False) -> Tensor:
        """Return the logits of the labels, [batch, labels], for hidden states [time, batch, size]."""
        vector = self.dropout(self.pooling(states, lengths), training=training)
        return self.classes(vector) / self.temperature

    @property
    def attends(self) -> bool:
        """True if the network has attention pooling, and therefore `attention`."""
        return isinstance(self.pooling, AttentionPooling)

    def attention(self, states: Tensor, lengths: Tensor) -> Tensor:
        """Return the weight of each word, [batch, time], for hidden states [time, batch, size].

        Requires attention pooling. A row sums to 1, an empty row to 0; the padding has weight 0.
        """
        return ops.transpose(ops.squeeze(self.pooling.attention_weights(states, lengths), axis=-1))

    def call(self, inputs: dict[str, Tensor], training: bool = False) -> Tensor:
        """Return the logits of a batch."""
        return self.logits(self.encoder(inputs, training=training), inputs["lengths"], training=training)

    def probabilities(self, logits: Tensor) -> Tensor:
        """Return the probabilities of the labels, [batch, labels]."""
        return ops.sigmoid(logits) if self.arguments["multi_label"] else ops.softmax(logits)

    def gold_loss(self, inputs: Any, outputs: Tensor, gold: Tensor, training: bool) -> Tensor:
        """Return the cross-entropy of the gold labels, bool [batch, labels], per row that is not empty."""
        gold = ops.cast(gold, outputs.dtype)
        smoothing = self.arguments["label_smoothing"]
        weights = self.arguments["class_weights"] or [1.0] * self.arguments["labels"]
        if self.arguments["multi_label"]:
            targets = gold * (1 - smoothing) + smoothing / 2
            yes, no = ops.log_sigmoid(outputs), ops.log_sigmoid(-outputs)
            losses = -ops.sum(targets * yes * weights + (1 - targets) * no, axis=-1)
        else:
            targets = gold * (1 - smoothing) + smoothing / self.arguments["labels"]
            losses = -ops.sum(targets * ops.log_softmax(outputs), axis=-1) * ops.sum(gold * weights, axis=-1)
        rows = ops.cast(inputs["lengths"] > 0, outputs.dtype)
        return ops.sum(losses * rows) / ops.maximum(ops.sum(rows), 1.0)
