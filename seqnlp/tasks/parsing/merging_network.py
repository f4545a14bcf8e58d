"""The parsing network with greedy search: a recursive network that finds its tree from the bottom up."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self

import keras
import numpy as np
from keras import ops

from seqnlp.layers.cross_entropy import cross_entropy
from seqnlp.layers.encoder import EncoderConfig
from seqnlp.layers.host import run_on_host
from seqnlp.layers.lookup import lookup
from seqnlp.layers.recursion import join
from seqnlp.layers.tree_recurrence import TreeRecurrence
from seqnlp.tasks.parsing.merge_layout import Layout, crossing_limits, lay_out_merges
from seqnlp.tasks.parsing.merging import IMPOSSIBLE, Merger, Merges, crosses, no_bonus
from seqnlp.tasks.parsing.network import ParsingNetwork, best_indices
from seqnlp.trees.binary import NO_LABEL
from seqnlp.trees.levels import BLOCK
from seqnlp.types import Tensor

if TYPE_CHECKING:
    from seqnlp.tasks.parsing.graph import ParserGraph
    from seqnlp.tasks.parsing.settings import NetworkSettings

MARGIN = 1.0
"""The lead in score that the gold tree should have for each wrong merge of another tree."""

_WRONG = -1e6
"""The penalty of a wrong merge in the search for the gold tree, far above `IMPOSSIBLE`."""


@keras.saving.register_keras_serializable("seqnlp")
class MergingNetwork(ParsingNetwork):
    """A greedy recursive parser (Socher et al. 2011) that also predicts parts of speech.

    A tree cell joins two neighbouring nodes. The score of the merge and the label of the new node, which may
    be none, are computed from the new state. Words are nodes too.

    The output also has `leaves` [time, batch, states * H], the states of words as nodes.

    Args:
        encoder: The sizes and choices of the encoder.
        tags: The number of parts of speech.
        labels: The number of labels.
        span_units: H, the number of hidden units of a node.
        composition: The tree cell: `rnn`, `rntn`, `lstm`, `child-sum` or `gru`.
        seed: Random seed of dropout and of the initial weights of the tree cell.
    """

    def __init__(
        self,
        encoder: EncoderConfig,
        tags: int,
        labels: int,
        span_units: int,
        composition: str,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(encoder, tags, labels, span_units, seed, {"composition": composition}, **kwargs)
        self.composition = TreeRecurrence(span_units, composition, BLOCK, seed, name="composition")
        # No bias: all trees of a sentence have the same number of merges.
        self.scorer = keras.layers.Dense(1, use_bias=False, name="scores")
        self.labeller = keras.layers.Dense(labels + 1, name="labels")

    @classmethod
    def from_settings(cls, settings: "NetworkSettings", **arguments: Any) -> Self:
        """Create the network, with the tree cell that the settings name."""
        return super().from_settings(settings, composition=settings.composition, **arguments)

    def converter(self) -> "ParserGraph":
        """Return the converter of this kind of network to a graph."""
        from seqnlp.tasks.parsing.merging_graph import MergingGraph

        return MergingGraph()

    def build(self, shapes: Any = None) -> None:
        """Create all weights."""
        super().build(shapes)
        units = self.arguments["span_units"]
        self.composition.build((None, None, self.encoder.size))
        self.scorer.build((None, units))
        self.labeller.build((None, units))
        self.built = True

    def move_label_weights(self, network: ParsingNetwork) -> None:
        """Move the weights of no label, which is after the labels, to the new end."""
        old, new = network.arguments["labels"], self.arguments["labels"]
        for weight in self.labeller.weights:
            values = np.array(weight)
            values[..., [old, new]] = values[..., [new, old]]
            weight.assign(values)

    def read_nodes(self, states: Tensor) -> dict[str, Tensor]:
        """Return `leaves` for hidden states, [time, batch, size]."""
        return {"leaves": self.composition.leaf_states(states)}

    def merge_scores(self, states: Tensor) -> Tensor:
        """Return the scores of merges, [rows], from the new states. Only their hidden units count."""
        return self.scorer(states[:, : self.arguments["span_units"]])[:, 0]

    def label_scores(self, states: Tensor) -> Tensor:
        """Return the scores of labels and of no label, [..., labels + 1], from the states of nodes."""
        return self.labeller(states[..., : self.arguments["span_units"]])

    def merger(self, bonus: Callable[[Tensor, Tensor], Tensor] = no_bonus) -> Merger:
        """Return a merger with the weights of this network.

        Args:
            bonus: As in `Merger`.
        """
        weights = self.composition.cell_weights()  # combined once, not in each step

        def join_nodes(left: Tensor, right: Tensor) -> Tensor:
            return join(self.composition.cell, weights, left, right)

        return Merger(join_nodes, self.merge_scores, bonus)

    def tree_outputs(self, read: dict[str, Tensor], lengths: Tensor) -> dict[str, Tensor]:
        """Merge the nodes of each sentence.

        Returns:
            `starts` and `ends` int32 [batch, time - 1], the first word and the end of each merged node;
            `scores` float32 [batch, time - 1], the score of its merge; `labels` int32 [batch, 2 * time - 1],
            the labels of words and of merged nodes. The number of labels means no label.
        """
        leaves = read["leaves"]
        merges = self.merger().merge(leaves, lengths)
        return {
            "starts": ops.transpose(merges.starts),
            "ends": ops.transpose(merges.ends),
            "scores": ops.transpose(merges.scores),
            "labels": self.best_labels(leaves, merges.states, lengths),
        }

    def best_labels(self, leaves: Tensor, merged: Tensor, lengths: Tensor) -> Tensor:
        """Return the labels of words and merged nodes, int32 [batch, 2 * time - 1].

        A node over a whole sentence always has a label.

        Args:
            leaves: float32 [time, batch, states * H], the states of words.
            merged: float32 [time - 1, batch, states * H], the states of merged nodes.
            lengths: int32 [batch].
        """
        scores = self.label_scores(ops.concatenate([leaves, merged], axis=0))
        time = ops.shape(leaves)[0]
        last = ops.where(lengths == 1, 0, time + lengths - 2)
        steps = ops.arange(2 * time - 1, dtype="int32")
        is_none = ops.arange(self.arguments["labels"] + 1, dtype="int32") == self.arguments["labels"]
        whole = (steps[:, None] == last)[..., None]
        return ops.transpose(best_indices(ops.where(whole & is_none, IMPOSSIBLE, scores)))

    def tree_loss(self, read: dict[str, Tensor], lengths: Tensor, gold: Tensor) -> Tensor:
        """Return the margin between predicted and gold trees plus the cross entropy of labels.

        The gold tree is the tree that the network finds without any wrong merge. The predicted tree is the
        one that it finds if the margin is added to the score of each wrong merge (Socher et al. 2011,
        equations 5 to 8). The two are compared after each merge, and the largest lead of the predicted tree
        is the loss (Huang et al. 2012), because its lead after early wrong merges can get lost later.
        """
        leaves = read["leaves"]
        time, batch, size = ops.shape(leaves)
        bounds = run_on_host(crossing_limits, (gold, batch, time), ("int32", "int32"))
        closes, opens = (ops.reshape(each, (time + 1, batch)) for each in bounds)
        merges = self._both_trees(leaves, lengths, closes, opens)
        arguments = (merges.starts, merges.ends, lengths, gold, self.arguments["labels"])
        arrays = run_on_host(lay_out_merges, arguments, ("int32",) * len(Layout._fields))
        layout = Layout(*(ops.reshape(each, (-1,)) for each in arrays))

        words = lookup(ops.reshape(leaves, (-1, size)), layout.places)
        hidden = self.composition(words, layout.left, layout.right, layout.above, layout.blocks[0])
        scores = lookup(self.merge_scores(hidden), ops.reshape(layout.merges, (time - 1, 2 * batch)))
        wrong = crosses(closes, opens, merges.starts[:, :batch], merges.ends[:, :batch])
        ahead = scores[:, :batch] + MARGIN * ops.cast(wrong, "float32") - scores[:, batch:]
        present = ops.arange(time - 1, dtype="int32")[:, None] < lengths - 1
        margin = ops.max(ops.cumsum(ahead * ops.cast(present, "float32"), axis=0), axis=0, initial=0.0)
        return ops.sum(margin) + self._labelling_loss(hidden, layout.labels)

    def _both_trees(self, leaves: Tensor, lengths: Tensor, closes: Tensor, opens: Tensor) -> Merges:
        """Return the predicted trees, and then the gold trees, [time - 1, 2 * batch]."""
        limits = ops.tile(closes, (1, 2)), ops.tile(opens, (1, 2))
        amounts = ops.repeat(ops.convert_to_tensor([MARGIN, _WRONG]), ops.shape(leaves)[1])

        def bonus(starts: Tensor, ends: Tensor) -> Tensor:
            return ops.where(crosses(*limits, starts, ends), amounts, 0.0)

        words = ops.tile(ops.stop_gradient(leaves), (1, 2, 1))
        return self.merger(bonus).merge(words, ops.tile(lengths, (2,)))

    def _labelling_loss(self, hidden: Tensor, labels: Tensor) -> Tensor:
        """Return the summed cross entropy of the labels of gold nodes, including those without a label."""
        weights = ops.cast(labels != NO_LABEL, "float32")
        return cross_entropy(self.label_scores(hidden), ops.maximum(labels, 0), weights, 0.0, 0)
