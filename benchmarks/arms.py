"""Arms of an experiment: the same runs with other settings, compared seed by seed or fold by fold."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean, median
from typing import TypeAlias

from benchmarks.report import NONE, table
from benchmarks.runs import Run
from benchmarks.score import Scores

SPLITS = ("dev", "test")
Scored: TypeAlias = Sequence[float | None]


@dataclass(frozen=True)
class Arm:
    """Runs that differ in nothing but the seed or the fold.

    Attributes:
        name: A name for the report.
        runs: One run per seed or fold, in the same order in all arms.
    """

    name: str
    runs: Sequence[Run]

    @property
    def finished(self) -> list[Run]:
        """The finished runs."""
        return [run for run in self.runs if run.finished]


def side_by_side(arms: Sequence[Arm]) -> list[Run]:
    """Return all runs, those of a seed or fold together, so that an early report compares all arms."""
    return [run for same_number in zip(*(arm.runs for arm in arms), strict=True) for run in same_number]


@dataclass(frozen=True)
class Comparison:
    """The table of arms. Arms are compared with the first one.

    Attributes:
        arms: The arms.
        score: The name of the score in the metrics, such as `f1`.
        heading: The heading of the column of names.
        number: `seed` or `fold`.
    """

    arms: Sequence[Arm]
    score: str
    heading: str
    number: str = "seed"

    def table(self, baselines: Sequence[Scores] = (), **goals: tuple[str, str]) -> str:
        """Return a table of the finished runs, one row per arm.

        Args:
            baselines: The scores of baselines, which have rows of their own, for each seed or fold.
            goals: The mean and the gain of further rows, by name.
        """
        numbers = [f"test, {self.number} {run.number}" for run in self.arms[0].runs]
        costs = ["minutes", "seconds per epoch", "best epoch"]
        first, *others = self.arms
        reference = self._scores(first, "test")
        rows = [
            [arm.name, *_cells(self._scores(arm, "dev"), self._scores(arm, "test"), compared), *_costs(arm)]
            for arm, compared in [(first, None), *((arm, reference) for arm in others)]
        ]
        for name in baselines[0] if baselines else ():
            dev, test = ([100 * getattr(each[name], split) for each in baselines] for split in SPLITS)
            rows.append([name, *_cells(dev, test, reference), *[NONE] * len(costs)])
        blanks, behind = [NONE] * (1 + len(numbers)), [NONE] * len(costs)
        rows += [[name, *blanks, *cells, *behind] for name, cells in goals.items()]
        return table([self.heading, "dev", *numbers, "mean", "gain", *costs], rows)

    def _scores(self, arm: Arm, split: str) -> list[float | None]:
        """Return the score of each run of an arm; None if it is not finished."""
        return [run.score(split, self.score) if run.finished else None for run in arm.runs]


def _cells(dev: Scored, test: Scored, reference: Scored | None) -> list[str]:
    """Return the mean score on dev, each score on test, their mean, and the gain over the first arm.

    Args:
        dev: The score on dev for each seed or fold; None if it is missing.
        test: The same on test.
        reference: The scores of the first arm on test; None for the first arm.
    """
    pairs = [] if reference is None else zip(test, reference, strict=True)
    gains = [ours - theirs for ours, theirs in pairs if ours is not None and theirs is not None]
    each = [NONE if score is None else f"{score:.2f}" for score in test]
    return [_mean(dev), *each, _mean(test), _describe_gains(gains)]


def _mean(scores: Scored) -> str:
    known = [score for score in scores if score is not None]
    return f"{mean(known):.2f}" if known else NONE


def _costs(arm: Arm) -> list[str]:
    """Return the mean minutes of a run, the median seconds of an epoch, and the epochs of each run."""
    done = arm.finished
    if not done:
        return [NONE] * 3
    known = [run.seconds for run in done if run.seconds is not None]
    return [
        f"{mean(known) / 60:.1f}" if known else NONE,
        f"{median(epoch['seconds'] for run in done for epoch in run.directory.read_history()):.0f}",
        ", ".join(run.epochs for run in done),
    ]


def _describe_gains(gains: Sequence[float]) -> str:
    return f"{mean(gains):+.2f} ({min(gains):+.2f} – {max(gains):+.2f})" if gains else NONE
