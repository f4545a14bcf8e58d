"""What a comparison varies."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Variant:
    """A cell, read one way or both.

    Attributes:
        cell: `lstm`, `gru` or `rnn`.
        bidirectional: Whether it reads both ways.
    """

    cell: str
    bidirectional: bool

    @property
    def name(self) -> str:
        """The cell and its directions, such as `bi-lstm`."""
        return f"bi-{self.cell}" if self.bidirectional else self.cell

    def to_dict(self) -> dict[str, Any]:
        """Return the variant, and what was measured of it, as JSON values."""
        return asdict(self)
