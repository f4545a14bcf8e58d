"""How well something does that is no network."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Score:
    """How well a floor does.

    Attributes:
        chosen: What did best on dev.
        dev: What counts, accuracy or F1, there, a fraction.
        test: On test.
    """

    chosen: dict[str, float]
    dev: float
    test: float


Scores = dict[str, Score]
"""By the names of the floors."""
