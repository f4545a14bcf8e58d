"""How translations are searched for."""

from dataclasses import dataclass, fields

import numpy as np

from seqnlp.errors import ConfigError
from seqnlp.types import Arrays

_TYPES = {int: np.int64, float: np.float32}


@dataclass(frozen=True)
class SearchOptions:
    """The options of a beam search.

    Attributes:
        beam_size: How many hypotheses of a sentence are followed; 1 is greedy search.
        best: How many of them are wanted; no more than are followed.
        minimum: The fewest pieces of a hypothesis, its end counted.
        maximum: The most; 0 for twice the source's pieces and 20.
        length_penalty: Alpha of Wu et al. 2016, equation 14: the greater, the longer hypotheses may be.
        coverage_penalty: Beta of the same: the greater, the more of the source must have been attended to.
        no_repeat: So many pieces in a row do not come again; 0 for no such rule.

    Raises:
        ConfigError: More hypotheses are wanted than are followed.
    """

    beam_size: int = 5
    best: int = 1
    minimum: int = 0
    maximum: int = 0
    length_penalty: float = 1.0
    coverage_penalty: float = 0.0
    no_repeat: int = 0

    def __post_init__(self) -> None:
        if self.best > self.beam_size:
            raise ConfigError(
                f"best is {self.best} and beam_size {self.beam_size}: no more can be had than are followed"
            )

    def inputs(self) -> Arrays:
        """The options as inputs of an exported search."""
        values = ((each.name, getattr(self, each.name)) for each in fields(self))
        return {name: np.array(value, _TYPES[type(value)]) for name, value in values}
