"""Options of generated texts."""

from dataclasses import dataclass, fields

import numpy as np

from seqnlp.errors import ConfigError
from seqnlp.types import Arrays

_BOUNDS = {
    "length": (1, 1_000_000),
    "temperature": (0, 100),
    "top_k": (0, 1_000_000),
    "top_p": (0, 1),
    "seed": (0, 2**31 - 2),
    "samples": (1, 1000),
    "beam_size": (1, 1000),
}


@dataclass(frozen=True)
class GenerationOptions:
    """Options of the continuation of a text.

    Attributes:
        length: Maximum number of tokens to add.
        temperature: Divisor of the scores of tokens before a sample is drawn. Low values make texts more
            probable and less varied; 0 searches for the most probable text with a beam.
        top_k: Draw from this number of the most probable tokens; 0 for all.
        top_p: Draw from the most probable tokens whose probabilities add up to this value, above 0.
        seed: Random seed. With the same seed, a prompt gets the same continuations.
        samples: Number of continuations of each prompt.
        beam_size: Number of hypotheses of a search, at least `samples`. It has no effect on samples.

    Raises:
        ConfigError: A value is out of bounds.

    Example:
        >>> GenerationOptions(temperature=0.8, samples=3).samples
        3
    """

    length: int = 300
    temperature: float = 0.8
    top_k: int = 0
    top_p: float = 1.0
    seed: int = 0
    samples: int = 1
    beam_size: int = 5

    def __post_init__(self) -> None:
        for each in fields(self):
            value, (lowest, highest) = getattr(self, each.name), _BOUNDS[each.name]
            if not lowest <= value <= highest:  # also if it is not a number
                raise ConfigError(f"{each.name} must be from {lowest} to {highest:,}, not {value}")
        if not self.top_p:
            raise ConfigError("top_p must be above 0")
        if not self.temperature and self.samples > self.beam_size:
            raise ConfigError(
                f"samples must not exceed beam_size: samples is {self.samples}, beam_size {self.beam_size}"
            )

    @property
    def hypotheses(self) -> int:
        """Number of hypotheses that each step computes."""
        return self.samples if self.temperature else self.beam_size

    def inputs(self) -> Arrays:
        """Return the options as inputs of the graph."""
        return {
            "beam_size": np.array(self.hypotheses, np.int64),
            "n_best": np.array(self.samples, np.int64),
            "max_length": np.array(self.length, np.int64),
            "length_penalty": np.array(0 if self.temperature else 1, np.float32),
            "temperature": np.array(self.temperature, np.float32),
            "top_k": np.array(self.top_k, np.int64),
            "top_p": np.array(self.top_p, np.float32),
            "seed": np.array([self.seed], np.int64),
        }
