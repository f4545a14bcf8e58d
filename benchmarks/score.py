"""Scores of baselines."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Score:
    """The score of a baseline.

    Attributes:
        chosen: The hyperparameters that were selected on dev.
        dev: Accuracy or F1 on dev, a fraction.
        test: The same on test.
    """

    chosen: dict[str, float]
    dev: float
    test: float


Scores = dict[str, Score]
"""Scores by the name of the baseline."""
