"""Measure what the auxiliary language model of a tagger gains, with several weights of its loss.

`python -m benchmarks.auxiliary --runs runs/auxiliary --output FILE`

Every run is a separate `seqnlp train`, as in `benchmarks.quality`. Finished runs are kept and interrupted
runs are resumed, so you can stop the command and repeat it at any time. The report contains the finished
runs; `--report` shows it without training.
"""

import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import mean, median
from typing import TypeAlias

from benchmarks.quality import PACKAGES, Run, finish
from benchmarks.report import NONE, describe_machine, publish, table
from benchmarks.targets import TARGETS
from seqnlp.errors import SeqnlpError

SETTING = "network.auxiliary_language_model"
GOALS: Mapping[str, float] = {"conll2002/esp": 84.0, "conll2000": 94.5}
"""F1 on test that each corpus should reach with the auxiliary loss, in per cent."""
GAIN = 0.3
"""The mean gain of F1 on test that at least one corpus should reach, in per cent."""

Arms: TypeAlias = Mapping[float, Sequence[Run]]
"""The runs of a corpus by weight, one per seed."""


def main() -> None:
    """Train taggers with and without the auxiliary loss, and show their scores side by side."""
    arguments = parser().parse_args()
    parts = [describe_machine(PACKAGES)]
    try:
        corpora = {
            name: make_arms(name, arguments.weights, arguments.seeds, arguments.set, arguments.runs)
            for name in arguments.corpus
        }
        if not arguments.report:
            finish(in_order(list(corpora.values())), arguments.jobs)
    except SeqnlpError as error:
        sys.exit(f"error: {error}")
    except subprocess.CalledProcessError as error:
        sys.exit(error.returncode)
    except KeyboardInterrupt:
        sys.exit(130)
    for name, arms in corpora.items():
        parts += [f"## {name}", gain_table(name, arms)]
    changed = "".join(f", `{override}`" for override in arguments.set)
    parts.append(
        f"`seqnlp train tagger` at default settings{changed}, {arguments.jobs} at a time. Scores are F1 x "
        "100. The gain is the mean difference to the first weight with the same seed (lowest – highest)."
    )
    publish(parts, arguments.output)


def make_arms(
    corpus: str, weights: Sequence[float], seeds: Sequence[int], overrides: Sequence[str], runs: Path
) -> Arms:
    """Return the runs of a corpus for each weight and seed."""
    target = TARGETS["tagging"][corpus]
    return {
        weight: [
            Run(corpus, target, seed, [*overrides, f"{SETTING}={weight:g}"], runs / f"weight-{weight:g}")
            for seed in seeds
        ]
        for weight in weights
    }


def in_order(corpora: Sequence[Arms]) -> list[Run]:
    """Return all runs, those of a seed side by side, so that an early report compares all weights."""
    return [run for arms in corpora for same_seed in zip(*arms.values(), strict=True) for run in same_seed]


def gain_table(corpus: str, arms: Arms) -> str:
    """Return a table of the finished runs, one row per weight."""
    first = next(iter(arms.values()))
    header = [
        "weight",
        "dev",
        *(f"test, seed {run.number}" for run in first),
        "mean",
        "gain",
        "seconds per epoch",
        "best epoch",
    ]
    rows = [[f"{weight:g}", *_cells(runs, first)] for weight, runs in arms.items()]
    blanks = [NONE] * len(first)
    rows.append(["goal", NONE, *blanks, f"{GOALS[corpus]:.1f}", f"{GAIN:.1f}", NONE, NONE])
    return table(header, rows)


def _cells(runs: Sequence[Run], first: Sequence[Run]) -> list[str]:
    """Return the cells of a row."""
    done = [run for run in runs if run.directory.finished]
    tests = [f"{_f1(run, 'test'):.2f}" if run in done else NONE for run in runs]
    gains = [
        _f1(run, "test") - _f1(other, "test")
        for run, other in zip(runs, first, strict=True)
        if run is not other and run in done and other.directory.finished
    ]
    if not done:
        return [NONE, *tests, NONE, NONE, NONE, NONE]
    seconds = [record["seconds"] for run in done for record in run.directory.read_history()]
    return [
        f"{mean(_f1(run, 'dev') for run in done):.2f}",
        *tests,
        f"{mean(_f1(run, 'test') for run in done):.2f}",
        f"{mean(gains):+.2f} ({min(gains):+.2f} – {max(gains):+.2f})" if gains else NONE,
        f"{median(seconds):.0f}",
        ", ".join(run.epochs for run in done),
    ]


def _f1(run: Run, split: str) -> float:
    return 100 * float(run.metrics[split]["f1"])


def parser() -> ArgumentParser:
    """Return the parser of the options."""
    options = ArgumentParser(prog="python -m benchmarks.auxiliary", description=main.__doc__)
    options.add_argument("--corpus", nargs="+", choices=list(GOALS), default=list(GOALS), metavar="NAME")
    options.add_argument("--weights", nargs="+", type=float, default=[0.0, 0.1], metavar="WEIGHT")
    options.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3], metavar="N")
    options.add_argument("--runs", type=Path, default=Path("runs/auxiliary"), help="directory of the runs")
    options.add_argument("--jobs", type=int, default=1, metavar="N", help="number of runs at a time")
    options.add_argument("--set", action="append", default=[], metavar="SECTION.KEY=VALUE")
    options.add_argument("--report", action="store_true", help="show the finished runs and train nothing")
    options.add_argument("--output", type=Path, help="file to which the report is also written")
    return options


if __name__ == "__main__":
    main()
