"""The network that reads trees: words, a recursive network up to the root, and a label for each node."""

from typing import Any

import keras
from keras import ops

from seqnlp.layers.composition import Composition
from seqnlp.layers.cross_entropy import cross_entropy
from seqnlp.layers.lookup import lookup
from seqnlp.trees.binary import NO_LABEL
from seqnlp.trees.groups import ROWS
from seqnlp.trees.levels import BLOCK

Tensor = Any


@keras.saving.register_keras_serializable("seqnlp")
class TreeNetwork(keras.Model):
    """A recursive network that labels every node of given trees.

    Inputs are a dict of int32 arrays, as `seqnlp.trees.groups.Abreast` makes them: `words` [rows, words],
    `left`, `right` [rows, slots], `above` [rows, words + slots] and `blocks` [rows]. The output is the logits
    of the labels, float32 [rows * (words + slots), labels], row after row.

    Args:
        words: How many word ids there are.
        labels: How many labels there are.
        dimension: Size of a word's embedding.
        units: Hidden units.
        cell: `rnn`, `rntn`, `lstm`, `child-sum` or `gru`.
        dropout: The share of embeddings, and of hidden units before the labels, that is dropped.
        label_smoothing: The share of a label's weight that is spread over all labels in training.
        seed: For dropout and the first weights.
    """

    def __init__(
        self,
        words: int,
        labels: int,
        dimension: int,
        units: int,
        cell: str,
        dropout: float,
        label_smoothing: float = 0.0,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.arguments: dict[str, Any] = {
            "words": words,
            "labels": labels,
            "dimension": dimension,
            "units": units,
            "cell": cell,
            "dropout": dropout,
            "label_smoothing": label_smoothing,
            "seed": seed,
        }
        self.composition = Composition(units, cell, BLOCK, seed, name="composition")
        self.classes = keras.layers.Dense(labels, name="classes")
        self.dropout = keras.layers.Dropout(dropout, seed=seed)

    def build(self, shapes: Any = None) -> None:
        """Create all weights."""
        dimension, units = self.arguments["dimension"], self.arguments["units"]
        self.table = self.add_weight(
            name="table",
            shape=(self.arguments["words"], dimension),
            initializer=keras.initializers.RandomUniform(-0.1, 0.1, seed=self.arguments["seed"]),
        )
        self.composition.build((None, dimension))
        self.classes.build((None, units))
        self.built = True

    def leaves(self, words: Tensor, training: bool = False) -> Tensor:
        """The states of words, [words, states * H]."""
        return self.composition.leaves(self.dropout(lookup(self.table, words), training=training))

    def scores(self, hidden: Tensor, training: bool = False) -> Tensor:
        """The logits of nodes from their hidden states, [rows, H]."""
        return self.classes(self.dropout(hidden, training=training))

    def call(self, inputs: dict[str, Tensor], training: bool = False) -> Tensor:
        """Compute the logits of all nodes."""
        leaves = self.leaves(ops.reshape(inputs["words"], (-1,)), training)
        links = [inputs[name] for name in ("left", "right", "above", "blocks")]
        # Nothing that a row needs is of another: threads go up them side by side.
        hidden = [
            self.composition(part, *(link[row] for link in links))
            for row, part in enumerate(ops.split(leaves, ROWS))
        ]
        return self.scores(ops.concatenate(hidden), training)

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Tensor:
        """The cross entropy of the labels `y`, int32 [rows * (words + slots)], per node that has one."""
        has = ops.cast(y != NO_LABEL, y_pred.dtype)
        smoothing = self.arguments["label_smoothing"] if training else 0.0
        losses = cross_entropy(y_pred, ops.maximum(y, 0), has, smoothing, first=0)
        return losses / ops.maximum(ops.sum(has), 1.0)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), **self.arguments}
