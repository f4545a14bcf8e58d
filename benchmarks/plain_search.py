"""Beam search in plain NumPy, one sentence at a time: the reference for the exported search."""

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
    """The options of a search, as in the graph.

    `can_start` contains whether each subword may come first. If it is empty, all may.
    """

    beam_size: int = 5
    min_length: int = 0
    max_length: int = 0
    length_penalty: float = 1.0
    coverage_penalty: float = 0.0
    no_repeat_ngram_size: int = 0
    can_start: tuple[bool, ...] = ()

    def limit(self, source: int) -> int:
        """Return the maximum number of subwords for a source with this number of subwords."""
        return self.max_length or 2 * source + 20

    def rank(self, total: float, coverage: Array, subwords: Sequence[int]) -> float:
        """Return the score of a hypothesis (Wu et al. 2016, equation 14)."""
        score: float = total / ((5 + len(subwords)) / 6) ** self.length_penalty
        if subwords[-1] == END:
            score += self.coverage_penalty * float(np.log(np.minimum(coverage, 1)).sum())
        return score

    def forbids(self, subwords: Sequence[int], subword: int) -> bool:
        """Return whether a subword must not come next."""
        if subword == END:
            return len(subwords) + 1 < self.min_length
        if not subwords and self.can_start and not self.can_start[subword]:
            return True
        size = self.no_repeat_ngram_size
        new = (*subwords, subword)[-size:]
        return size > 0 and any(
            tuple(subwords[start : start + size]) == new for start in range(len(subwords) - size + 1)
        )


@dataclass(frozen=True)
class Hypothesis:
    """A translation or its beginning.

    Attributes:
        subwords: Its subwords, including `END` if it is finished.
        score: The score by which it is ranked.
        total: The sum of its log probabilities.
        weights: The attention weights, [subwords, source].
    """

    subwords: tuple[int, ...] = ()
    score: float = 0.0
    total: float = 0.0
    weights: tuple[Array, ...] = ()

    @property
    def finished(self) -> bool:
        """True if it ends with `END`."""
        return self.subwords[-1:] == (END,)


Step = Callable[[Array, Any], tuple[Array, Any, Array]]
"""A function from the last subwords [rows] and a state to log probabilities [rows, subwords], the next state
and attention weights [rows, source]."""


def make_step(network: "TranslationNetwork", source: Sequence[int]) -> tuple[Step, Any]:
    """Return the step of a network for one source, and the initial state."""
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
    """Return the hypotheses of a sentence, the best one first.

    Args:
        step: Scores the next subwords.
        state: The initial state. The second axis of each tensor is the rows.
        options: The options.
        source: Number of subwords of the source.
    """
    beam = [Hypothesis()]
    for _ in range(options.limit(source)):
        scores, after, weights = step(np.array([(END, *each.subwords)[-1] for each in beam]), state)
        found: list[tuple[float, int, int]] = []  # rank, row of the parent, subword or 0
        seen = [(*each.weights, weights[row]) for row, each in enumerate(beam)]
        for row, each in enumerate(beam):
            if each.finished:
                found.append((each.score, row, 0))
                continue
            coverage = np.sum(seen[row], axis=0)
            for subword, score in enumerate(scores[row].tolist()[END:], END):
                if not options.forbids(each.subwords, subword):
                    rank = options.rank(each.total + score, coverage, (*each.subwords, subword))
                    found.append((rank, row, subword))
        found = sorted(found, key=lambda one: -one[0])[: options.beam_size]
        beam = [
            Hypothesis(
                (*beam[row].subwords, subword), rank, beam[row].total + float(scores[row, subword]), seen[row]
            )
            if subword
            else beam[row]
            for rank, row, subword in found
        ]
        if all(each.finished for each in beam):
            break
        state = [part[:, [row for _, row, _ in found]] for part in after]
    return sorted(beam, key=lambda each: -each.score)


def search_exhaustively(step: Step, state: Any, options: Options, subwords: int) -> Hypothesis:
    """Return the best of all finished hypotheses of up to `options.max_length` subwords."""
    best = Hypothesis(score=-math.inf)
    for length in range(options.max_length):
        for inner in product(range(END + 1, subwords), repeat=length):
            one = score_hypothesis(step, state, options, (*inner, END))
            best = max(best, one, key=lambda each: each.score)
    return best


def score_hypothesis(step: Step, state: Any, options: Options, subwords: Sequence[int]) -> Hypothesis:
    """Score a given hypothesis."""
    total, seen = 0.0, []
    for before, subword in zip((END, *subwords), subwords, strict=False):
        scores, state, weights = step(np.array([before]), state)
        total += float(scores[0, subword])
        seen.append(weights[0])
    return Hypothesis(
        tuple(subwords), options.rank(total, np.sum(seen, axis=0), subwords), total, tuple(seen)
    )
