"""The number of records of each length."""

from collections import Counter
from itertools import accumulate


class Lengths(Counter[int]):
    """Count records by length, in constant memory."""

    @property
    def size(self) -> int:
        """The sum of all lengths."""
        return sum(length * count for length, count in self.items())

    def quantile(self, share: float) -> int:
        """Return the smallest length that at least a fraction of the records does not exceed.

        Args:
            share: The fraction, from 0 (the shortest record) to 1 (the longest).

        Raises:
            ValueError: No record has been counted.
        """
        ordered = sorted(self.items())
        if not ordered:
            raise ValueError("no record has been counted")
        reached = accumulate(count for _, count in ordered)
        lengths = zip(ordered, reached, strict=True)
        return next(length for (length, _), count in lengths if count >= share * self.total())

    def figures(self) -> dict[str, float]:
        """Return mean, median, 95th percentile and maximum of at least one record as JSON values."""
        return {
            "mean": round(self.size / self.total(), 1),
            "median": self.quantile(0.5),
            "p95": self.quantile(0.95),
            "longest": self.quantile(1),
        }
