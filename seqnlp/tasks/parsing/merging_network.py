"""The parsing network that merges neighbours: a recursive network whose tree is found while it goes up."""

from collections.abc import Callable
from typing import Any

import keras
from keras import ops

from seqnlp.layers.composition import Composition, joined
from seqnlp.layers.cross_entropy import cross_entropy
from seqnlp.layers.host import on_host
from seqnlp.layers.lookup import lookup
from seqnlp.tasks.parsing.merging import NEVER, Merger, Merges, crossing, nothing
from seqnlp.tasks.parsing.network import ParsingNetwork, best_of
from seqnlp.tasks.parsing.right import Layout, laid_out, limits
from seqnlp.trees.binary import NO_LABEL
from seqnlp.trees.levels import BLOCK

Tensor = Any

MARGIN = 1.0
"""How much higher the right tree has to score for each wrong merge of another."""

_WRONG = -1e6
"""What is added to the score of a wrong merge where the right tree is sought: it is only better than none."""


@keras.saving.register_keras_serializable("seqnlp")
class MergingNetwork(ParsingNetwork):
    """A greedy recursive parser (Socher et al. 2011) that predicts parts of speech along with it.

    Two neighbouring nodes become one by a composition; what it makes of them says how good the merge is, and
    what the node is called, which may be nothing. Words are nodes too.

    The output also has `leaves` [time, batch, states * H], the states of words as nodes.

    Args:
        encoder: The arguments of the `Encoder`.
        tags: How many parts of speech there are.
        labels: How many labels there are.
        span_units: H, hidden units of a node.
        composition: `rnn`, `rntn`, `lstm`, `child-sum` or `gru`.
        seed: For dropout and the first weights of the composition.
    """

    search = "greedy"

    def __init__(
        self,
        encoder: dict[str, Any],
        tags: int,
        labels: int,
        span_units: int,
        composition: str,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        arguments = {"span_units": span_units, "composition": composition}
        super().__init__(encoder, tags, labels, seed, arguments, **kwargs)
        self.composition = Composition(span_units, composition, BLOCK, seed, name="composition")
        # All trees of a sentence have as many merges: a bias would make no difference.
        self.scorer = keras.layers.Dense(1, use_bias=False, name="scores")
        self.labeller = keras.layers.Dense(labels + 1, name="labels")

    def build(self, shapes: Any = None) -> None:
        """Create all weights."""
        super().build(shapes)
        units = self.arguments["span_units"]
        self.composition.build((None, None, self.encoder.size))
        self.scorer.build((None, units))
        self.labeller.build((None, units))
        self.built = True

    def read_nodes(self, states: Tensor) -> dict[str, Tensor]:
        """The states of words as nodes, from hidden states, [time, batch, size]."""
        return {"leaves": self.composition.leaves(states)}

    def merge_scores(self, states: Tensor) -> Tensor:
        """How good merges are, [rows], from the states that they made; only hidden ones count."""
        return self.scorer(states[:, : self.arguments["span_units"]])[:, 0]

    def label_scores(self, states: Tensor) -> Tensor:
        """The scores of labels, and of none, [..., labels + 1], from nodes' states, likewise."""
        return self.labeller(states[..., : self.arguments["span_units"]])

    def merger(self, raised: Callable[[Tensor, Tensor], Tensor] | None = None) -> Merger:
        """What merges nodes.

        Args:
            raised: What is added to the scores of merges, as `Merger` has it; by default nothing.
        """
        tensors = self.composition.tensors()  # put together once, and not in each step

        def join(left: Tensor, right: Tensor) -> Tensor:
            return joined(self.composition.composition, tensors, left, right)

        return Merger(join, self.merge_scores, raised or nothing)

    def nodes(self, found: dict[str, Tensor], lengths: Tensor) -> dict[str, Tensor]:
        """The nodes as they are merged.

        Returns:
            `starts` and `ends` int32 [batch, time - 1], the first word of each merged node, and the one
            behind its last; `scores` float32 [batch, time - 1], what merging it scored; `labels` int32
            [batch, 2 * time - 1], those of words and of merged nodes, the number of labels where there is
            none.
        """
        leaves = found["leaves"]
        merges = self.merger().merge(leaves, lengths)
        return {
            "starts": ops.transpose(merges.starts),
            "ends": ops.transpose(merges.ends),
            "scores": ops.transpose(merges.scores),
            "labels": self.best_labels(leaves, merges.states, lengths),
        }

    def best_labels(self, leaves: Tensor, merged: Tensor, lengths: Tensor) -> Tensor:
        """The labels of words and merged nodes, int32 [batch, 2 * time - 1]; a whole sentence has one.

        Args:
            leaves: The states of words, [time, batch, states * H].
            merged: Those of merged nodes, [time - 1, batch, states * H].
            lengths: [batch].
        """
        scores = self.label_scores(ops.concatenate([leaves, merged], axis=0))
        time = ops.shape(leaves)[0]
        last = ops.where(lengths == 1, 0, time + lengths - 2)
        steps = ops.arange(2 * time - 1, dtype="int32")
        is_none = ops.arange(self.arguments["labels"] + 1, dtype="int32") == self.arguments["labels"]
        whole = (steps[:, None] == last)[..., None]
        return ops.transpose(best_of(ops.where(whole & is_none, NEVER, scores)))

    def loss_of_trees(self, found: dict[str, Tensor], lengths: Tensor, gold: Tensor) -> Tensor:
        """The margin between trees as they are found and right ones, and the cross entropy of labels.

        The right tree is the one that the network itself finds if it makes no wrong merge, the other the one
        that it finds if each wrong merge scores higher by the margin (Socher et al. 2011, equations 5 to 8).
        The two are compared after each merge, and where the other is furthest ahead counts (Huang et al.
        2012): what is wrong is merged early, and may have lost its lead when all is merged.
        """
        leaves = found["leaves"]
        time, batch, size = ops.shape(leaves)
        bounds = on_host(limits, (gold, batch, time), ("int32", "int32"))
        closes, opens = (ops.reshape(each, (time + 1, batch)) for each in bounds)
        merges = self._both_trees(leaves, lengths, closes, opens)
        links = (merges.starts, merges.ends, lengths, gold, self.arguments["labels"])
        arrays = on_host(laid_out, links, ("int32",) * len(Layout._fields))
        layout = Layout(*(ops.reshape(each, (-1,)) for each in arrays))

        words = lookup(ops.reshape(leaves, (-1, size)), layout.places)
        hidden = self.composition(words, layout.left, layout.right, layout.above, layout.blocks[0])
        scores = lookup(self.merge_scores(hidden), ops.reshape(layout.merges, (time - 1, 2 * batch)))
        wrong = crossing(closes, opens, merges.starts[:, :batch], merges.ends[:, :batch])
        ahead = scores[:, :batch] + MARGIN * ops.cast(wrong, "float32") - scores[:, batch:]
        there = ops.arange(time - 1, dtype="int32")[:, None] < lengths - 1
        margin = ops.max(ops.cumsum(ahead * ops.cast(there, "float32"), axis=0), axis=0, initial=0.0)
        return ops.sum(margin) + self._labelling_loss(hidden, layout.labels)

    def _both_trees(self, leaves: Tensor, lengths: Tensor, closes: Tensor, opens: Tensor) -> Merges:
        """The trees that violate the margin, and then the right ones, [time - 1, 2 * batch]."""
        limits_of_both = ops.tile(closes, (1, 2)), ops.tile(opens, (1, 2))
        raise_by = ops.repeat(ops.convert_to_tensor([MARGIN, _WRONG]), ops.shape(leaves)[1])

        def raised(starts: Tensor, ends: Tensor) -> Tensor:
            return ops.where(crossing(*limits_of_both, starts, ends), raise_by, 0.0)

        words = ops.tile(ops.stop_gradient(leaves), (1, 2, 1))
        return self.merger(raised).merge(words, ops.tile(lengths, (2,)))

    def _labelling_loss(self, hidden: Tensor, labels: Tensor) -> Tensor:
        """The sum of cross entropies of the labels of nodes, where they have one or are to have none."""
        weights = ops.cast(labels != NO_LABEL, "float32")
        return cross_entropy(self.label_scores(hidden), ops.maximum(labels, 0), weights, 0.0, 0)
