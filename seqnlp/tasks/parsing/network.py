"""The base class of parsing networks: an encoder, parts of speech, and their loss."""

from abc import abstractmethod
from typing import TYPE_CHECKING, Any, Self

import keras
from keras import ops

from seqnlp.layers.encoder import EncoderConfig
from seqnlp.layers.network import WordNetwork
from seqnlp.types import Tensor

if TYPE_CHECKING:
    from seqnlp.tasks.parsing.graph import ParserGraph
    from seqnlp.tasks.parsing.settings import NetworkSettings


class ParsingNetwork(WordNetwork):
    """Reads sentences and computes the scores of trees. Each subclass has its own search.

    Inputs are a dict of int32 arrays, as `seqnlp.data.words.EncodedWords.batch` returns them. The output is a
    dict: `tags` [batch, time, tags], logits, and the result of `read_nodes`.

    Args:
        encoder: The sizes and choices of the encoder.
        tags: The number of parts of speech.
        labels: The number of labels.
        span_units: The number of hidden units of a span or node.
        seed: Random seed of dropout and of further initial weights.
        arguments: Further arguments of the subclass, for `get_config`.
    """

    def __init__(
        self,
        encoder: EncoderConfig,
        tags: int,
        labels: int,
        span_units: int,
        seed: int | None,
        arguments: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        own = {"tags": tags, "labels": labels, "span_units": span_units}
        super().__init__(encoder, seed, {**own, **(arguments or {})}, **kwargs)
        self.tagger = keras.layers.Dense(tags, name="tags")

    @classmethod
    def from_settings(cls, settings: "NetworkSettings", **arguments: Any) -> Self:
        """Create the network.

        Args:
            settings: Define `span_units` and the choices of the subclass.
            arguments: The other arguments of the constructor.
        """
        return cls(span_units=settings.span_units, **arguments)

    @abstractmethod
    def converter(self) -> "ParserGraph":
        """Return the converter of this kind of network to a graph."""

    def build(self, shapes: Any = None) -> None:
        """Create all weights."""
        self.encoder.build()
        self.tagger.build((None, None, self.encoder.size))

    def read(self, states: Tensor, training: bool = False) -> dict[str, Tensor]:
        """Return the output of the network for the hidden states of the encoder, [time, batch, size]."""
        states = self.dropout(states, training=training)
        return {"tags": ops.transpose(self.tagger(states), (1, 0, 2)), **self.read_nodes(states)}

    def move_label_weights(self, network: "ParsingNetwork") -> None:
        """Move weights that are not at their place after those of a network with fewer labels were copied.

        By default all labels have their places.

        Args:
            network: The network with fewer labels.
        """

    @abstractmethod
    def read_nodes(self, states: Tensor) -> dict[str, Tensor]:
        """Return the outputs from which trees are found, for hidden states [time, batch, size]."""

    def call(self, inputs: dict[str, Tensor], training: bool = False) -> dict[str, Tensor]:
        """Read a batch."""
        return self.read(self.encoder(inputs, training=training), training=training)

    def graph_outputs(self, read: dict[str, Tensor], lengths: Tensor) -> dict[str, Tensor]:
        """Return the outputs of the graph, which `seqnlp.tasks.parsing.decoding` builds trees from.

        Args:
            read: The result of `call`.
            lengths: int32 [batch].

        Returns:
            `tags` int32 [batch, time], the best part of speech per word, and the arrays of `tree_outputs`.
        """
        return {"tags": best_indices(read["tags"]), **self.tree_outputs(read, lengths)}

    @abstractmethod
    def tree_outputs(self, read: dict[str, Tensor], lengths: Tensor) -> dict[str, Tensor]:
        """Return the outputs of the graph other than the parts of speech."""

    def predict_step(self, data: Any) -> dict[str, Tensor]:
        """Return the outputs of the graph."""
        inputs, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        return self.graph_outputs(self(inputs, training=False), inputs["lengths"])

    def gold_loss(
        self, inputs: dict[str, Tensor], outputs: Any, gold: dict[str, Tensor], training: bool
    ) -> Tensor:
        """Return the loss of trees plus the cross entropy of parts of speech, per token.

        Args:
            inputs: The inputs.
            outputs: The result of `call`.
            gold: `tags` [batch, time], and `brackets` [constituents, 4]: row, start, end and label of each.
            training: Not used.
        """
        tokens = ops.maximum(ops.cast(ops.sum(inputs["lengths"]), "float32"), 1.0)
        trees = self.tree_loss(outputs, inputs["lengths"], gold["brackets"])
        return (trees + _tagging_loss(outputs["tags"], gold["tags"], inputs["lengths"])) / tokens

    @abstractmethod
    def tree_loss(self, read: dict[str, Tensor], lengths: Tensor, gold: Tensor) -> Tensor:
        """Return the sum of the losses of the trees of a batch.

        Args:
            read: The result of `call`.
            lengths: int32 [batch].
            gold: int32 [constituents, 4]: row, start, end and label of each gold constituent.
        """


def best_indices(scores: Tensor) -> Tensor:
    """Return the index of the highest score of the last axis, int32. In a graph this is one `TopK`."""
    return ops.top_k(scores, 1)[1][..., 0]


def _tagging_loss(logits: Tensor, gold: Tensor, lengths: Tensor) -> Tensor:
    losses = keras.losses.sparse_categorical_crossentropy(gold, logits, from_logits=True)
    steps = ops.arange(ops.shape(losses)[1], dtype="int32")
    return ops.sum(losses * ops.cast(steps[None, :] < lengths[:, None], losses.dtype))
