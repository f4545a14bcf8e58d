"""What the networks of parsers have in common: an encoder, parts of speech, and their loss."""

from abc import abstractmethod
from typing import Any, ClassVar

import keras
from keras import ops

from seqnlp.layers.encoder import Encoder

Tensor = Any


class ParsingNetwork(keras.Model):
    """Reads sentences, and says what trees are made of; each kind says how they are found.

    Inputs are a dict of int32 arrays, as `seqnlp.data.words.Encoded.batch` makes them. The output is a dict:
    `tags` [batch, time, tags], logits, and what else `read_nodes` gives.

    Args:
        encoder: The arguments of the `Encoder`.
        tags: How many parts of speech there are.
        labels: How many labels there are.
        seed: For dropout.
        arguments: Those that only one kind of network has.

    Attributes:
        search: How trees are found, as the settings call it.
    """

    search: ClassVar[str]

    def __init__(
        self,
        encoder: dict[str, Any],
        tags: int,
        labels: int,
        seed: int | None,
        arguments: dict[str, Any],
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.arguments: dict[str, Any] = {
            "encoder": encoder,
            "tags": tags,
            "labels": labels,
            "seed": seed,
            **arguments,
        }
        self.encoder = Encoder(**encoder, seed=seed, name="encoder")
        self.dropout = keras.layers.Dropout(
            encoder["dropout"], seed=None if seed is None else seed + encoder["layers"]
        )
        self.tagger = keras.layers.Dense(tags, name="tags")

    def build(self, shapes: Any = None) -> None:
        """Create all weights."""
        self.encoder.build()
        self.tagger.build((None, None, self.encoder.size))

    def read(self, states: Tensor, training: bool = False) -> dict[str, Tensor]:
        """What is said of words by hidden states, [time, batch, size]."""
        states = self.dropout(states, training=training)
        return {"tags": ops.transpose(self.tagger(states), (1, 0, 2)), **self.read_nodes(states)}

    @abstractmethod
    def read_nodes(self, states: Tensor) -> dict[str, Tensor]:
        """What trees are found by, from hidden states, [time, batch, size]."""

    def call(self, inputs: dict[str, Tensor], training: bool = False) -> dict[str, Tensor]:
        """Read a batch."""
        return self.read(self.encoder(inputs, training=training), training=training)

    def scores(self, found: dict[str, Tensor], lengths: Tensor) -> dict[str, Tensor]:
        """What trees are made of, given what `call` gives.

        Returns:
            `tags` int32 [batch, time], the best part of speech of each word, and what else `nodes` gives.
        """
        return {"tags": best_of(found["tags"]), **self.nodes(found, lengths)}

    @abstractmethod
    def nodes(self, found: dict[str, Tensor], lengths: Tensor) -> dict[str, Tensor]:
        """What `seqnlp.tasks.parsing.decoding` makes trees of beside the parts of speech."""

    def predict_step(self, data: Any) -> dict[str, Tensor]:
        """What trees are made of, as `scores` gives it."""
        inputs, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        return self.scores(self(inputs, training=False), inputs["lengths"])

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Tensor:
        """The loss of trees and the cross entropy of parts of speech, per token.

        Args:
            x: The inputs.
            y: `tags` [batch, time], and `brackets` [constituents, 4]: row, start, end and label of each.
            y_pred: What `call` gives.
            sample_weight: Not used.
            training: Whether it is for training.
        """
        tokens = ops.maximum(ops.cast(ops.sum(x["lengths"]), "float32"), 1.0)
        trees = self.loss_of_trees(y_pred, x["lengths"], y["brackets"])
        return (trees + _tagging_loss(x, y, y_pred)) / tokens

    @abstractmethod
    def loss_of_trees(self, found: dict[str, Tensor], lengths: Tensor, gold: Tensor) -> Tensor:
        """The loss of the trees of a batch.

        Args:
            found: What `call` gives.
            lengths: [batch].
            gold: [constituents, 4]: row, start, end and label of each.
        """

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), **self.arguments}


def best_of(scores: Tensor) -> Tensor:
    """Which is the highest of the last axis, int32; in a graph this is one `TopK`."""
    return ops.top_k(scores, 1)[1][..., 0]


def _tagging_loss(x: dict[str, Tensor], y: dict[str, Tensor], y_pred: dict[str, Tensor]) -> Tensor:
    losses = keras.losses.sparse_categorical_crossentropy(y["tags"], y_pred["tags"], from_logits=True)
    steps = ops.arange(ops.shape(losses)[1], dtype="int32")
    return ops.sum(losses * ops.cast(steps[None, :] < x["lengths"][:, None], losses.dtype))
