"""Greedy merging: of all neighbouring nodes of a sentence the two that score highest become one.

That is done until one node is left (Socher et al. 2011, "Parsing natural scenes and natural language with
recursive neural networks", section 4). A merge changes only what stands next to it: of all pairs, two are
new. All sentences of a batch take a step at once; what a sentence that is done gives is of no meaning.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from keras import ops

from seqnlp.layers.lookup import lookup

Tensor = Any

NEVER = -1e9
"""The score of a pair that is none, since it is beyond the sentence."""


class Row(NamedTuple):
    """The nodes of each sentence that stand side by side; from step to step one fewer, and one of no meaning.

    Attributes:
        nodes: Their states, [time, batch, states * H].
        scores: What merging each with the next scores, [time - 1, batch].
        bounds: int32 [time + 1, batch], the first word of each, and the one behind the last.
    """

    nodes: Tensor
    scores: Tensor
    bounds: Tensor


class Merges(NamedTuple):
    """What was merged, [batch] in a step and [time - 1, batch] in all.

    Attributes:
        starts: int32, the first word of each merged node.
        ends: int32, the word behind its last.
        scores: What the merge scored.
        states: The merged nodes' states, […, states * H].
    """

    starts: Tensor
    ends: Tensor
    scores: Tensor
    states: Tensor


@dataclass(frozen=True)
class Merger:
    """Merges neighbours.

    Attributes:
        joined: The states of nodes, [rows, states * H], from those of their branches.
        scored: What nodes score, [rows], from their states.
        raised: What is added to the scores of nodes, given their starts and ends, [nodes, batch].
    """

    joined: Callable[[Tensor, Tensor], Tensor]
    scored: Callable[[Tensor], Tensor]
    raised: Callable[[Tensor, Tensor], Tensor]

    def begin(self, leaves: Tensor, lengths: Tensor) -> Row:
        """Put words side by side, [time, batch, states * H]."""
        time, batch, size = ops.shape(leaves)
        places = ops.arange(time + 1, dtype="int32")[:, None]
        bounds = ops.broadcast_to(places, (time + 1, batch))
        left, right = (ops.reshape(side, (-1, size)) for side in (leaves[:-1], leaves[1:]))
        found = ops.reshape(self.scored(self.joined(left, right)), (-1, batch))
        found = found + self.raised(bounds[:-2], bounds[2:])
        return Row(leaves, ops.where(bounds[2:] <= lengths, found, NEVER), bounds)

    def step(self, row: Row, lengths: Tensor) -> tuple[Row, Merges]:
        """Merge the best pair of each sentence.

        Args:
            row: The nodes.
            lengths: How many of them are within the sentence, [batch].
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
        merged = self.joined(node(place), node(place + 1))
        start, end = bound(place), bound(place + 2)
        left = ops.concatenate([node(before), merged], axis=0)
        right = ops.concatenate([merged, node(after)], axis=0)
        found = ops.reshape(self.scored(self.joined(left, right)), (2, batch))
        found = found + self.raised(ops.stack([bound(before), start]), ops.stack([end, bound(after + 1)]))
        there = ops.where(place + 2 < lengths, found[1], NEVER)

        every = ops.arange(time, dtype="int32")[:, None]
        stays = ops.where(
            every < place, every, ops.where(every == place, time, ops.minimum(every + 1, time - 1))
        )
        fences = ops.arange(time + 1, dtype="int32")[:, None]
        pairs = every[:-1]
        behind = ops.concatenate([scores[1:], ops.full((1, batch), NEVER)], axis=0)
        new = ops.where(pairs == place, there, behind)
        new = ops.where(pairs == place - 1, found[0], new)
        return Row(
            lookup(ops.concatenate([flat, merged], axis=0), stays * batch + sentences),
            ops.where(pairs < place - 1, scores, new),
            bound(ops.where(fences <= place, fences, ops.minimum(fences + 1, time))),
        ), Merges(start, end, best, merged)

    def merge(self, leaves: Tensor, lengths: Tensor) -> Merges:
        """Merge all words of each sentence, [time, batch, states * H]; `lengths` is [batch]."""
        time, batch, size = ops.shape(leaves)

        def step(at: Tensor, row: Row, merges: Merges) -> tuple[Tensor, Row, Merges]:
            row, found = self.step(row, lengths - at)
            kept = [
                ops.slice_update(every, (at, *[0] * (len(every.shape) - 1)), one[None])
                for every, one in zip(merges, found, strict=True)
            ]
            return at + 1, row, Merges(*kept)

        whole, real = ops.zeros((time - 1, batch), "int32"), ops.zeros((time - 1, batch))
        nothing = Merges(whole, whole, real, ops.zeros((time - 1, batch, size)))
        start = (0, self.begin(leaves, lengths), nothing)
        _, _, merges = ops.while_loop(lambda at, *_: at < time - 1, step, start)
        return merges


def nothing(starts: Tensor, ends: Tensor) -> Tensor:
    """What is added to scores where trees are as they are found, [nodes, batch]."""
    return ops.zeros(ops.shape(starts))


def crossing(closes: Tensor, opens: Tensor, starts: Tensor, ends: Tensor) -> Tensor:
    """Whether nodes cross what is right.

    Args:
        closes: int32 [time + 1, batch], as `seqnlp.tasks.parsing.right.limits` gives it.
        opens: int32 [time + 1, batch], as well.
        starts: int32 [nodes, batch], the first word of each.
        ends: int32 [nodes, batch], the word behind its last.
    """
    batch = ops.shape(closes)[1]
    sentences = ops.arange(batch, dtype="int32")
    closed = lookup(ops.reshape(closes, (-1,)), starts * batch + sentences)
    opened = lookup(ops.reshape(opens, (-1,)), ends * batch + sentences)
    return (ends > closed) | (starts < opened)
