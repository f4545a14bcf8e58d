"""Measure what the auxiliary language model of a tagger gains, with several weights of its loss.

`python -m benchmarks.auxiliary --runs runs/auxiliary --output FILE`

Every run is a separate `seqnlp train`. Finished runs are kept and interrupted runs are resumed, so you can
stop the command and repeat it at any time. The report contains the finished runs; `--report` shows it
without training.
"""

from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.arms import Arm, Comparison, side_by_side
from benchmarks.report import describe_machine, publish
from benchmarks.runs import PACKAGES, Run, add_run_options, errors_end_the_command, finish
from benchmarks.targets import TARGETS

SETTING = "network.auxiliary_language_model"
GOALS: Mapping[str, float] = {"conll2002/esp": 84.0, "conll2000": 94.5}
"""F1 on test that each corpus should reach with the auxiliary loss, in per cent."""
GAIN = 0.3
"""The mean gain of F1 on test that at least one corpus should reach, in per cent."""


def main() -> None:
    """Train taggers with and without the auxiliary loss, and show their scores side by side."""
    arguments = parser().parse_args()
    parts = [describe_machine(PACKAGES)]
    with errors_end_the_command():
        corpora = {
            name: make_arms(name, arguments.weights, arguments.seeds, arguments.set, arguments.runs)
            for name in arguments.corpus
        }
        if not arguments.report:
            finish([run for arms in corpora.values() for run in side_by_side(arms)], arguments.jobs)
        for name, arms in corpora.items():
            comparison = Comparison(arms, "f1", "weight")
            parts += [f"## {name}", comparison.table(goal=(f"{GOALS[name]:.1f}", f"{GAIN:.1f}"))]
    changed = "".join(f", `{override}`" for override in arguments.set)
    parts.append(
        f"`seqnlp train tagger` at default settings{changed}, {arguments.jobs} at a time. Scores are F1 x "
        "100. The gain is the mean difference to the first weight with the same seed (lowest – highest)."
    )
    publish(parts, arguments.output)


def make_arms(
    corpus: str, weights: Sequence[float], seeds: Sequence[int], overrides: Sequence[str], runs: Path
) -> list[Arm]:
    """Return the runs of a corpus for each weight and seed."""
    target = TARGETS["tagging"][corpus]

    def run(weight: float, seed: int) -> Run:
        changed = [*overrides, f"{SETTING}={weight:g}"]
        return Run.of_target(corpus, target, seed, changed, runs / f"weight-{weight:g}")

    return [Arm(f"{weight:g}", [run(weight, seed) for seed in seeds]) for weight in weights]


def parser() -> ArgumentParser:
    """Return the parser of the options."""
    options = ArgumentParser(prog="python -m benchmarks.auxiliary", description=main.__doc__)
    options.add_argument("--corpus", nargs="+", choices=list(GOALS), default=list(GOALS), metavar="NAME")
    options.add_argument("--weights", nargs="+", type=float, default=[0.0, 0.1], metavar="WEIGHT")
    options.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3], metavar="N")
    options.add_argument("--report", action="store_true", help="show the finished runs and train nothing")
    add_run_options(options, "runs/auxiliary")
    return options


if __name__ == "__main__":
    main()
