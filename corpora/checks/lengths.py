"""How many records have each length."""

from collections import Counter
from itertools import accumulate


class Lengths(Counter[int]):
    """Counts records by their length, in constant memory."""

    @property
    def size(self) -> int:
        """The lengths of all records together."""
        return sum(length * count for length, count in self.items())

    def quantile(self, share: float) -> int:
        """The length that at least a share of the records do not exceed.

        Args:
            share: From 0 (the shortest) to 1 (the longest).

        Raises:
            ValueError: Nothing has been counted.
        """
        ordered = sorted(self.items())
        if not ordered:
            raise ValueError("nothing has been counted")
        reached = accumulate(count for _, count in ordered)
        lengths = zip(ordered, reached, strict=True)
        return next(length for (length, _), count in lengths if count >= share * self.total())
