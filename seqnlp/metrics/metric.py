"""A score by name, and its direction."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Metric:
    """The score that selects the best epoch and by which a task is judged.

    Attributes:
        name: Its name among the scores, such as `f1` or `perplexity`.
        mode: `max` if higher is better, `min` if lower is better.

    Example:
        >>> Metric("perplexity", "min").better(90.0, 100.0)
        True
    """

    name: str
    mode: Literal["max", "min"] = "max"

    @property
    def worst(self) -> float:
        """The value that every other value is better than."""
        return float("-inf") if self.mode == "max" else float("inf")

    def better(self, new: float, old: float) -> bool:
        """Return whether a value is better than another. NaN is never better."""
        return new > old if self.mode == "max" else new < old
