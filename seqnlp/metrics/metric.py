"""The metric of a task."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Metric:
    """The main score of a task. It selects the best epoch.

    Attributes:
        name: The name of the score, such as `f1` or `perplexity`.
        mode: `max` if higher is better, `min` if lower is better.

    Example:
        >>> Metric("perplexity", "min").better(90.0, 100.0)
        True
    """

    name: str
    mode: Literal["max", "min"] = "max"

    @property
    def worst(self) -> float:
        """Minus or plus infinity: every number is better."""
        return float("-inf") if self.mode == "max" else float("inf")

    def better(self, new: float, old: float) -> bool:
        """Return whether a value is better than another. NaN is never better."""
        return new > old if self.mode == "max" else new < old
