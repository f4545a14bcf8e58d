"""Options of generated texts."""

from dataclasses import dataclass

import numpy as np

from seqnlp.errors import ConfigError
from seqnlp.serving.graph_options import GraphOptions, bounded
from seqnlp.types import Arrays

MAX_STOP = 500
"""Maximum number of characters of all stop strings together."""


@dataclass(frozen=True)
class GenerationOptions(GraphOptions):
    """Options of the continuation of a text.

    Attributes:
        length: Maximum number of tokens to add.
        temperature: Divisor of the scores of tokens before a sample is drawn. Low values make texts more
            probable and less varied; 0 searches for the most probable text with a beam.
        top_k: Draw from this number of the most probable tokens, and from others with the same probability as
            the last of them; 0 for all.
        top_p: Draw from the most probable tokens whose probabilities add up to this value, above 0.
        seed: Random seed. With the same seed, a prompt gets the same continuations.
        n_best: Number of continuations of each prompt, at most `beam_size` in a search.
        beam_size: Number of hypotheses of a search. It has no effect on samples.
        stop: Stop strings. A continuation ends before the first one.

    Raises:
        ConfigError: A value is out of bounds.

    Example:
        >>> GenerationOptions(temperature=0.8, n_best=3).n_best
        3
    """

    length: int = bounded(300, 1, 1_000_000)
    temperature: float = bounded(0.8, 0, 100)
    top_k: int = bounded(0, 0, 1_000_000)
    top_p: float = bounded(1.0, 0, 1)
    seed: int = bounded(0, 0, 2**31 - 2)
    n_best: int = bounded(1, 1, 1000)
    beam_size: int = bounded(5, 1, 1000)
    stop: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.top_p:
            raise ConfigError("top_p must be above 0")
        if not self.temperature:
            self.check_n_best(self.n_best, self.beam_size)
        if "" in self.stop:
            raise ConfigError("a stop string must not be empty")
        if sum(map(len, self.stop)) > MAX_STOP:
            raise ConfigError(f"the stop strings have more than {MAX_STOP} characters")

    @property
    def hypotheses(self) -> int:
        """Number of hypotheses that each step computes."""
        return self.n_best if self.temperature else self.beam_size

    def inputs(self) -> Arrays:
        """Return the options as inputs of the graph. Stop strings depend on the model."""
        found = super().inputs()
        found["max_length"] = found.pop("length")
        found["beam_size"] = np.array(self.hypotheses, np.int64)
        found["length_penalty"] = np.array(0 if self.temperature else 1, np.float32)
        found["seed"] = found["seed"][None]
        return found
