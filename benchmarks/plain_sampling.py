"""Sampling in plain NumPy, one text at a time: the reference for the exported samples."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqnlp.export.sampling import ROUND_CONSTANTS, ROUNDS

Array = NDArray[Any]

Step = Callable[[int, Any], tuple[Array, Any]]
"""A function from the last token and a state to the logits of the next token and the next state."""

_PRIME = 2**31 - 1


def uniform(seed: int, step: int, sample: int) -> float:
    """Return the random number of a step, computed with integers of any size."""
    state = 0
    constants = iter(ROUND_CONSTANTS.ravel().tolist())
    for word in (seed, step, sample):
        for number in range(ROUNDS):
            state = pow(state + (word if number == 0 else 0) + next(constants), 5, _PRIME)
    return (state >> 8) / 2**23


@dataclass(frozen=True)
class Draw:
    """The distribution of the next token.

    Attributes:
        temperature: Divisor of the logits.
        top_k: Number of most probable tokens; 0 for all.
        top_p: Share of the probability of the most probable tokens.
    """

    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0

    def probabilities(self, logits: Array) -> Array:
        """Return the probability of each token."""
        scaled = logits.astype(np.float64) / self.temperature
        order = np.argsort(-scaled, kind="stable")[: self.top_k or None]
        found: Array = np.zeros(len(scaled))
        found[order] = np.exp(scaled[order] - scaled[order[0]])
        found /= found.sum()
        if self.top_p < 1:
            before = np.cumsum(found[order]) - found[order]
            found[order[before >= self.top_p]] = 0
        found /= found.sum()
        return found

    def choose(self, logits: Array, number: float) -> int:
        """Return the first token whose cumulative probability exceeds a number."""
        return int(np.searchsorted(np.cumsum(self.probabilities(logits)), number, side="right"))


def sample(
    step: Step, state: Any, last: int, draw: Draw, seed: int, number: int, length: int, end: int
) -> tuple[list[int], float]:
    """Continue a text.

    Args:
        step: Scores the next tokens.
        state: The state before the last token.
        last: The last token.
        draw: The distribution.
        seed: The random seed.
        number: The number of the sample.
        length: Maximum number of tokens.
        end: The end symbol, which `last` may be, too.

    Returns:
        The tokens, and their log probability without temperature and limits.
    """
    tokens: list[int] = []
    score = 0.0
    while len(tokens) < length and end not in tokens:
        logits, state = step(last, state)
        last = draw.choose(logits, uniform(seed, len(tokens), number))
        values = logits.astype(np.float64)
        score += float(values[last] - values.max() - np.log(np.exp(values - values.max()).sum()))
        tokens.append(last)
    return tokens, score
