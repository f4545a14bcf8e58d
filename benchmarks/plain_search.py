"""Beam search in plain NumPy, a sentence at a time: what the exported search has to agree with."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from seqnlp.text.tokenizers.spaced import END

if TYPE_CHECKING:
    from seqnlp.tasks.translation.network import TranslationNetwork

Array = NDArray[Any]


@dataclass(frozen=True)
class Options:
    """The options of a search, as the graph has them, and which pieces may come first: of none, all."""

    beam_size: int = 5
    min_length: int = 0
    max_length: int = 0
    length_penalty: float = 1.0
    coverage_penalty: float = 0.0
    no_repeat_ngram_size: int = 0
    openings: tuple[bool, ...] = ()

    def limit(self, source: int) -> int:
        """The most pieces for a source of so many."""
        return self.max_length or 2 * source + 20

    def rank(self, total: float, coverage: Array, pieces: Sequence[int]) -> float:
        """The score of a hypothesis (Wu et al. 2016, equation 14)."""
        score: float = total / ((5 + len(pieces)) / 6) ** self.length_penalty
        if pieces[-1] == END:
            score += self.coverage_penalty * float(np.log(np.minimum(coverage, 1)).sum())
        return score

    def forbids(self, pieces: Sequence[int], piece: int) -> bool:
        """Whether a piece may not come next."""
        if piece == END:
            return len(pieces) + 1 < self.min_length
        if not pieces and self.openings and not self.openings[piece]:
            return True
        size = self.no_repeat_ngram_size
        new = (*pieces, piece)[-size:]
        return size > 0 and any(
            tuple(pieces[start : start + size]) == new for start in range(len(pieces) - size + 1)
        )


@dataclass(frozen=True)
class Hypothesis:
    """A translation, or the beginning of one.

    Attributes:
        pieces: Its pieces, `END` included if it has one.
        score: What it is ranked by.
        total: The sum of its log probabilities.
        weights: [pieces, source].
    """

    pieces: tuple[int, ...] = ()
    score: float = 0.0
    total: float = 0.0
    weights: tuple[Array, ...] = ()

    @property
    def finished(self) -> bool:
        """Whether it has its end."""
        return self.pieces[-1:] == (END,)


Step = Callable[[Array, Any], tuple[Array, Any, Array]]
"""From the last pieces [rows] and a state to log probabilities [rows, pieces], the state after it and weights
[rows, source]."""


def stepping(network: "TranslationNetwork", source: Sequence[int]) -> tuple[Step, Any]:
    """The step of a network for one source, and its first state."""
    memory, state = network.begin(np.array([source], np.int32), np.array([len(source)], np.int32))
    first = [np.asarray(part) for part in state]

    def step(ids: Array, state: Any) -> tuple[Array, Any, Array]:
        logits, after, weights = network.step(ids.astype(np.int32), tuple(state), memory)
        scores = np.asarray(logits, np.float64)
        scores -= scores.max(axis=-1, keepdims=True)
        scores -= np.log(np.exp(scores).sum(axis=-1, keepdims=True))
        return scores, [np.asarray(part) for part in after], np.asarray(weights)

    return step, first


def search(step: Step, state: Any, options: Options, source: int) -> list[Hypothesis]:
    """The hypotheses of a sentence, the best first.

    Args:
        step: Scores what may come next.
        state: The first state; of each of its parts the second axis is that of rows.
        options: The options.
        source: How many pieces the source has.
    """
    beam = [Hypothesis()]
    for _ in range(options.limit(source)):
        scores, after, weights = step(np.array([(END, *each.pieces)[-1] for each in beam]), state)
        found: list[tuple[float, int, int]] = []  # a rank, the row that it comes from, the piece or 0
        seen = [(*each.weights, weights[row]) for row, each in enumerate(beam)]
        for row, each in enumerate(beam):
            if each.finished:
                found.append((each.score, row, 0))
                continue
            coverage = np.sum(seen[row], axis=0)
            for piece, score in enumerate(scores[row].tolist()[END:], END):
                if not options.forbids(each.pieces, piece):
                    rank = options.rank(each.total + score, coverage, (*each.pieces, piece))
                    found.append((rank, row, piece))
        found = sorted(found, key=lambda one: -one[0])[: options.beam_size]
        beam = [
            Hypothesis(
                (*beam[row].pieces, piece), rank, beam[row].total + float(scores[row, piece]), seen[row]
            )
            if piece
            else beam[row]
            for rank, row, piece in found
        ]
        if all(each.finished for each in beam):
            break
        state = [part[:, [row for _, row, _ in found]] for part in after]
    return sorted(beam, key=lambda each: -each.score)


def exhaustive(step: Step, state: Any, options: Options, pieces: int) -> Hypothesis:
    """The best of all hypotheses of up to `options.max_length` pieces that end, by scoring each of them."""
    best = Hypothesis(score=-math.inf)
    for length in range(options.max_length):
        for inner in product(range(END + 1, pieces), repeat=length):
            one = scored(step, state, options, (*inner, END))
            best = max(best, one, key=lambda each: each.score)
    return best


def scored(step: Step, state: Any, options: Options, pieces: Sequence[int]) -> Hypothesis:
    """A given hypothesis."""
    total, seen = 0.0, []
    for before, piece in zip((END, *pieces), pieces, strict=False):
        scores, state, weights = step(np.array([before]), state)
        total += float(scores[0, piece])
        seen.append(weights[0])
    return Hypothesis(tuple(pieces), options.rank(total, np.sum(seen, axis=0), pieces), total, tuple(seen))
