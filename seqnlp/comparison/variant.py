"""A variant of a model, and the result of one variant."""

from dataclasses import asdict, dataclass
from typing import Protocol

from seqnlp.types import JsonObject

CELLS = ("lstm", "gru", "rnn")
"""The recurrent cells that can be compared."""


@dataclass(frozen=True)
class Variant:
    """A recurrent cell in one or both directions.

    Attributes:
        cell: `lstm`, `gru` or `rnn`.
        bidirectional: Whether the network reads in both directions.

    Example:
        >>> Variant("lstm", bidirectional=True).name
        'bi-lstm'
    """

    cell: str
    bidirectional: bool

    @property
    def name(self) -> str:
        """The cell and its directions, such as `bi-lstm`."""
        return f"bi-{self.cell}" if self.bidirectional else self.cell

    def to_dict(self) -> JsonObject:
        """Return the variant and its results as JSON values."""
        return asdict(self)


class Result(Protocol):
    """The measurements in every result of a variant."""

    @property
    def name(self) -> str:
        """The name of the variant."""

    @property
    def parameters(self) -> int:
        """The number of weights."""

    @property
    def training_speed(self) -> float:
        """Sequence steps per second in training."""

    @property
    def prediction_speed(self) -> float:
        """Sequence steps per second in prediction."""

    def to_dict(self) -> JsonObject:
        """Return the result as JSON values."""
