"""Options of the search for translations."""

from dataclasses import dataclass, fields

import numpy as np

from seqnlp.errors import ConfigError
from seqnlp.types import Arrays

_BOUNDS = {
    "beam_size": (1, 1000),
    "n_best": (1, 1000),
    "min_length": (0, 100_000),
    "max_length": (0, 100_000),
    "length_penalty": (0, 100),
    "coverage_penalty": (0, 100),
    "no_repeat_ngram_size": (0, 1000),
}


@dataclass(frozen=True)
class SearchOptions:
    """Options of a beam search.

    Attributes:
        beam_size: Number of hypotheses per sentence; 1 is greedy search.
        n_best: Number of hypotheses to return, at most `beam_size`.
        min_length: Minimum number of tokens of a hypothesis, including the end symbol.
        max_length: Maximum number of tokens; 0 for twice the tokens of the source plus 20.
        length_penalty: Alpha of Wu et al. 2016, equation 14. Higher values favour longer hypotheses.
        coverage_penalty: Beta of the same equation. Higher values favour hypotheses that attend to all tokens
            of the source.
        no_repeat_ngram_size: Block repeated n-grams of this size; 0 to allow them.

    Raises:
        ConfigError: A value is out of bounds, or `n_best` exceeds `beam_size`.

    Example:
        >>> SearchOptions(beam_size=8, n_best=3).n_best
        3
    """

    beam_size: int = 5
    n_best: int = 1
    min_length: int = 0
    max_length: int = 0
    length_penalty: float = 1.0
    coverage_penalty: float = 0.0
    no_repeat_ngram_size: int = 0

    def __post_init__(self) -> None:
        for each in fields(self):
            value, (lowest, highest) = getattr(self, each.name), _BOUNDS[each.name]
            if not lowest <= value <= highest:  # also if it is not a number
                raise ConfigError(f"{each.name} must be from {lowest} to {highest:,}, not {value}")
        if self.n_best > self.beam_size:
            raise ConfigError(
                f"n_best must not exceed beam_size: n_best is {self.n_best}, beam_size {self.beam_size}"
            )

    def inputs(self) -> Arrays:
        """Return the options as inputs of an exported search."""
        return {
            each.name: np.array(getattr(self, each.name), np.int64 if each.type is int else np.float32)
            for each in fields(self)
        }
