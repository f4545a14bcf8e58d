"""The network of tree classifiers: word embeddings, a recursive network, and a label for each node."""

from typing import Any

import keras
from keras import ops

from seqnlp.layers.cross_entropy import cross_entropy
from seqnlp.layers.lookup import lookup
from seqnlp.layers.network import TaskNetwork
from seqnlp.layers.tree_recurrence import TreeRecurrence
from seqnlp.trees.binary import NO_LABEL
from seqnlp.trees.groups import GROUPS
from seqnlp.trees.levels import BLOCK
from seqnlp.types import Tensor


@keras.saving.register_keras_serializable("seqnlp")
class TreeNetwork(TaskNetwork):
    """A recursive network that labels every node of given trees.

    The inputs are the int32 arrays of `seqnlp.trees.groups.TreeGroups.inputs`: `words` [groups, words],
    `left` and `right` [groups, slots], `above` [groups, words + slots] and `blocks` [groups]. The output is
    the logits of all rows, float32 [groups * (words + slots), labels].

    Args:
        words: Number of word ids.
        labels: Number of labels.
        dimension: Size of a word embedding.
        units: H, the number of hidden units.
        cell: `rnn`, `rntn`, `lstm`, `child-sum` or `gru`.
        dropout: Dropout rate of embeddings, and of hidden units before the output layer.
        label_smoothing: The share of the probability that is spread over all labels in training.
        seed: Random seed of initial weights and dropout.
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
        arguments = {
            "words": words,
            "labels": labels,
            "dimension": dimension,
            "units": units,
            "cell": cell,
            "dropout": dropout,
            "label_smoothing": label_smoothing,
            "seed": seed,
        }
        super().__init__(arguments, **kwargs)
        self.composition = TreeRecurrence(units, cell, BLOCK, seed, name="composition")
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
        """Return the states of words, float32 [words, states * H], from their ids."""
        return self.composition.leaf_states(self.dropout(lookup(self.table, words), training=training))

    def scores(self, hidden: Tensor, training: bool = False) -> Tensor:
        """Return the logits of nodes, float32 [rows, labels], from their hidden states [rows, H]."""
        return self.classes(self.dropout(hidden, training=training))

    def call(self, inputs: dict[str, Tensor], training: bool = False) -> Tensor:
        """Return the logits of all nodes."""
        leaves = self.leaves(ops.reshape(inputs["words"], (-1,)), training)
        links = [inputs[name] for name in ("left", "right", "above", "blocks")]
        # The groups are independent, so threads can compute them in parallel.
        hidden = [
            self.composition(group, *(link[number] for link in links))
            for number, group in enumerate(ops.split(leaves, GROUPS))
        ]
        return self.scores(ops.concatenate(hidden), training)

    def gold_loss(self, inputs: Any, outputs: Tensor, gold: Tensor, training: bool) -> Tensor:
        """Return the mean cross entropy over labelled nodes; `gold` is int32 [groups * (words + slots)]."""
        labelled = ops.cast(gold != NO_LABEL, outputs.dtype)
        smoothing = self.arguments["label_smoothing"] if training else 0.0
        losses = cross_entropy(outputs, ops.maximum(gold, 0), labelled, smoothing, first=0)
        return losses / ops.maximum(ops.sum(labelled), 1.0)
