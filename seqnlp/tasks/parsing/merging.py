"""Greedy merging: the two neighbouring nodes of a sentence with the highest score become one.

This is repeated until one node is left (Socher et al. 2011, "Parsing natural scenes and natural language with
recursive neural networks", section 4). A merge only changes the pairs next to it, so two new pairs are scored
in each step. All sentences of a batch take a step at once. The output of a finished sentence has no meaning.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from keras import ops

from seqnlp.layers.lookup import lookup
from seqnlp.types import Tensor

IMPOSSIBLE = -1e9
"""The score of a pair that does not exist, because it is beyond the end of the sentence."""


class Row(NamedTuple):
    """The remaining nodes of each sentence, from left to right. Each step adds an unused node at the end.

    Attributes:
        nodes: float32 [time, batch, states * H], their states.
        scores: float32 [time - 1, batch], the score of merging each node with the next.
        bounds: int32 [time + 1, batch], the first word of each node, and the end of the last one.
    """

    nodes: Tensor
    scores: Tensor
    bounds: Tensor


class Merges(NamedTuple):
    """Merged nodes, [batch] for one step and [time - 1, batch] for all.

    Attributes:
        starts: int32, the first word of each merged node.
        ends: int32, its end (exclusive).
        scores: float32, the score of the merge.
        states: float32 […, states * H], the state of the merged node.
    """

    starts: Tensor
    ends: Tensor
    scores: Tensor
    states: Tensor


@dataclass(frozen=True)
class Merger:
    """Merges neighbours.

    Attributes:
        join: Returns the states of nodes, [rows, states * H], from the states of their branches.
        score: Returns the scores of merged nodes, [rows], from their states.
        bonus: Returns values to add to the scores, [nodes, batch], from the starts and the ends of the nodes.
    """

    join: Callable[[Tensor, Tensor], Tensor]
    score: Callable[[Tensor], Tensor]
    bonus: Callable[[Tensor, Tensor], Tensor]

    def begin(self, leaves: Tensor, lengths: Tensor) -> Row:
        """Return the words as nodes.

        Args:
            leaves: float32 [time, batch, states * H], the states of the words.
            lengths: int32 [batch].
        """
        time, batch, size = ops.shape(leaves)
        places = ops.arange(time + 1, dtype="int32")[:, None]
        bounds = ops.broadcast_to(places, (time + 1, batch))
        left, right = (ops.reshape(side, (-1, size)) for side in (leaves[:-1], leaves[1:]))
        found = ops.reshape(self.score(self.join(left, right)), (-1, batch))
        found = found + self.bonus(bounds[:-2], bounds[2:])
        return Row(leaves, ops.where(bounds[2:] <= lengths, found, IMPOSSIBLE), bounds)

    def step(self, row: Row, lengths: Tensor) -> tuple[Row, Merges]:
        """Merge the best pair of each sentence.

        Args:
            row: The nodes.
            lengths: int32 [batch], the number of remaining nodes of each sentence.
        """
        nodes, scores, bounds = row
        time, batch, size = ops.shape(nodes)
        sentences = ops.arange(batch, dtype="int32")
        best, place = (each[:, 0] for each in ops.top_k(ops.transpose(scores), 1))
        flat = ops.reshape(nodes, (-1, size))

        def node(at: Tensor) -> Tensor:
            return lookup(flat, at * batch + sentences)

        def bound(at: Tensor) -> Tensor:
            return lookup(ops.reshape(bounds, (-1,)), at * batch + sentences)

        before, after = ops.maximum(place - 1, 0), ops.minimum(place + 2, time - 1)
        merged = self.join(node(place), node(place + 1))
        start, end = bound(place), bound(place + 2)
        left = ops.concatenate([node(before), merged], axis=0)
        right = ops.concatenate([merged, node(after)], axis=0)
        found = ops.reshape(self.score(self.join(left, right)), (2, batch))
        found = found + self.bonus(ops.stack([bound(before), start]), ops.stack([end, bound(after + 1)]))
        with_next = ops.where(place + 2 < lengths, found[1], IMPOSSIBLE)

        every = ops.arange(time, dtype="int32")[:, None]
        remaining = ops.where(
            every < place, every, ops.where(every == place, time, ops.minimum(every + 1, time - 1))
        )
        fences = ops.arange(time + 1, dtype="int32")[:, None]
        pairs = every[:-1]
        shifted = ops.concatenate([scores[1:], ops.full((1, batch), IMPOSSIBLE)], axis=0)
        new = ops.where(pairs == place, with_next, shifted)
        new = ops.where(pairs == place - 1, found[0], new)
        return Row(
            lookup(ops.concatenate([flat, merged], axis=0), remaining * batch + sentences),
            ops.where(pairs < place - 1, scores, new),
            bound(ops.where(fences <= place, fences, ops.minimum(fences + 1, time))),
        ), Merges(start, end, best, merged)

    def merge(self, leaves: Tensor, lengths: Tensor) -> Merges:
        """Merge all words of each sentence.

        Args:
            leaves: As for `begin`.
            lengths: As for `begin`.

        Returns:
            All merges, [time - 1, batch].
        """
        time, batch, size = ops.shape(leaves)

        def step(at: Tensor, row: Row, merges: Merges) -> tuple[Tensor, Row, Merges]:
            row, found = self.step(row, lengths - at)
            updated = [
                ops.slice_update(every, (at, *[0] * (len(every.shape) - 1)), one[None])
                for every, one in zip(merges, found, strict=True)
            ]
            return at + 1, row, Merges(*updated)

        integers, floats = ops.zeros((time - 1, batch), "int32"), ops.zeros((time - 1, batch))
        empty = Merges(integers, integers, floats, ops.zeros((time - 1, batch, size)))
        start = (0, self.begin(leaves, lengths), empty)
        _, _, merges = ops.while_loop(lambda at, *_: at < time - 1, step, start)
        return merges


def no_bonus(starts: Tensor, ends: Tensor) -> Tensor:
    """Return zeros, [nodes, batch]."""
    return ops.zeros(ops.shape(starts))


def crosses(closes: Tensor, opens: Tensor, starts: Tensor, ends: Tensor) -> Tensor:
    """Return whether nodes cross a gold constituent, bool [nodes, batch].

    Args:
        closes: int32 [time + 1, batch], from `seqnlp.tasks.parsing.merge_layout.crossing_limits`.
        opens: int32 [time + 1, batch], likewise.
        starts: int32 [nodes, batch], the first word of each node.
        ends: int32 [nodes, batch], its end (exclusive).
    """
    batch = ops.shape(closes)[1]
    sentences = ops.arange(batch, dtype="int32")
    closed = lookup(ops.reshape(closes, (-1,)), starts * batch + sentences)
    opened = lookup(ops.reshape(opens, (-1,)), ends * batch + sentences)
    return (ends > closed) | (starts < opened)
