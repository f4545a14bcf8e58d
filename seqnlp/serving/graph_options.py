"""Options that are inputs of a graph: numbers with bounds."""

from dataclasses import dataclass, field, fields
from typing import TypeVar

import numpy as np

from seqnlp.errors import ConfigError
from seqnlp.types import Arrays

Number = TypeVar("Number", int, float)


def bounded(default: Number, lowest: float, highest: float) -> Number:
    """Return a dataclass field for a number with bounds."""
    return field(default=default, metadata={"bounds": (lowest, highest)})


@dataclass(frozen=True)
class GraphOptions:
    """The base class of options that are inputs of a graph. A subclass adds its own as fields.

    A field from `bounded` is a number with bounds.

    Raises:
        ConfigError: A value is out of bounds.

    Example:
        >>> @dataclass(frozen=True)
        ... class Options(GraphOptions):
        ...     beam_size: int = bounded(5, 1, 1000)
        >>> Options(beam_size=3).inputs()
        {'beam_size': array(3)}
    """

    def __post_init__(self) -> None:
        for each in fields(self):
            if "bounds" in each.metadata:
                value, (lowest, highest) = getattr(self, each.name), each.metadata["bounds"]
                if not lowest <= value <= highest:  # also if it is not a number
                    raise ConfigError(f"{each.name} must be from {lowest} to {highest:,}, not {value}")

    def inputs(self) -> Arrays:
        """Return the numbers as inputs of a graph."""
        return {
            each.name: np.array(
                getattr(self, each.name), np.float32 if isinstance(each.default, float) else np.int64
            )
            for each in fields(self)
            if "bounds" in each.metadata
        }

    def check_n_best(self, n_best: int, beam_size: int) -> None:
        """Check that a beam has as many hypotheses as are wanted.

        Raises:
            ConfigError: It has fewer.
        """
        if n_best > beam_size:
            raise ConfigError(f"n_best must not exceed beam_size: n_best is {n_best}, beam_size {beam_size}")
