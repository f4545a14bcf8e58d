"""Measure the quality of models over several seeds or folds.

`python -m benchmarks.quality tagging --runs runs/quality --output FILE`, and likewise `classification`,
`translation`, `parsing` and `trees`.

Every run is a separate `seqnlp train`. Finished runs are kept and interrupted runs are resumed, so you can
stop the command and repeat it at any time. With `--jobs 2`, two runs are trained at once.
"""

import os
from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean, stdev

from benchmarks.baselines import baseline_rows, score_baselines
from benchmarks.report import NONE, describe_machine, publish, table
from benchmarks.runs import PACKAGES, Run, add_run_options, errors_end_the_command, finish
from benchmarks.score import Scores
from benchmarks.targets import TARGETS, Target

SCALES = {
    "tagging": "Scores are x 100.",
    "classification": "Scores are x 100.",
    "parsing": "Scores are x 100: F1 of labelled constituents, and sentences without an error.",
    "trees": "Scores are x 100: accuracy of whole sentences, and of all nodes.",
    "translation": "BLEU is lower-cased, like the references, and cased; the beam size is 5.",
}


def main() -> None:
    """Train on each corpus with each seed or fold, and show the scores next to the reference scores."""
    arguments = parser().parse_args()
    parts = [describe_machine(PACKAGES)]
    targets = TARGETS[arguments.task]
    with errors_end_the_command():
        runs = {
            name: [
                Run.of_target(name, target, number, arguments.set, arguments.runs)
                for number in target.numbers(arguments.seeds)
            ]
            for name, target in targets.items()
            if name in (arguments.corpus or targets)
        }
        finish([run for each in runs.values() for run in each], arguments.jobs)
        for name, each in runs.items():
            baselines = score_baselines(name, targets[name], arguments.set, arguments.runs)
            parts += [f"## {name}", score_table(targets[name], each, baselines)]
    changed = "".join(f", `{override}`" for override in arguments.set)
    cores = len(os.sched_getaffinity(0)) // arguments.jobs
    parts.append(
        f"`seqnlp train` at default settings{changed}, {arguments.jobs} at a time, each on "
        f"{cores} of the cores. {SCALES[arguments.task]}"
    )
    if arguments.task == "translation":
        parts.append(f"{describe_bleu([run for each in runs.values() for run in each])}.")
    if arguments.task in ("classification", "parsing"):
        parts.append(
            "Baselines are trained on the same splits; see `python -m benchmarks.baselines`. The row below "
            "each has the number of runs in which the network is above it on test, and the margin "
            "(lowest – highest)."
        )
    publish(parts, arguments.output)


def parser() -> ArgumentParser:
    """Return the parser of the options."""
    options = ArgumentParser(prog="python -m benchmarks.quality", description=main.__doc__)
    options.add_argument("task", choices=list(TARGETS))
    options.add_argument("--corpus", nargs="+", metavar="NAME", help="targets; by default all")
    options.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3], metavar="N")
    add_run_options(options, "runs/quality")
    return options


@dataclass(frozen=True)
class Measure:
    """A score of a split.

    Attributes:
        split: The split.
        name: The name of the score in the metrics.
        scale: The factor that converts the score to a scale from 0 to 100.
    """

    split: str
    name: str
    scale: float = 100.0

    def __str__(self) -> str:
        return f"{self.split} {self.name}"

    def read(self, run: Run) -> float:
        """Return the score of a run."""
        return self.scale * float(run.metrics[self.split][self.name])


def measures(run: Run) -> list[Measure]:
    """Return the measured scores of a run: those of the references, and additional scores on test."""
    found = run.metrics["dev"]
    if "bleu" in found:
        pairs = ("dev", "bleu_lower"), ("test", "bleu_lower"), ("test", "bleu")
        return [Measure(split, name, scale=1.0) for split, name in pairs]
    each = [Measure(split, "f1" if "f1" in found else "accuracy") for split in ("dev", "test")]
    more = [name for name in ("node_accuracy", "exact") if name in found]
    return [*each, *(Measure("test", name) for name in more)]


def score_table(target: Target, runs: Sequence[Run], baselines: Sequence[Scores]) -> str:
    """Return a table of each seed or fold, mean and spread, references and baselines."""
    measured = measures(runs[0])
    columns = [[measure.read(run) for run in runs] for measure in measured]
    rows = [
        [
            f"{'fold' if target.folds else 'seed'} {run.number}",
            *(f"{column[place]:.2f}" for column in columns),
            run.minutes,
            run.epochs,
        ]
        for place, run in enumerate(runs)
    ]
    rows.append(["**mean**", *(f"**{mean(column):.2f}**" for column in columns), NONE, NONE])
    rows.append(
        ["lowest – highest", *(f"{min(column):.2f} – {max(column):.2f}" for column in columns), NONE, NONE]
    )
    if len(runs) > 1:
        rows.append(["standard deviation", *(f"{stdev(column):.2f}" for column in columns), NONE, NONE])
    header = ["", *map(str, measured), "minutes", "best epoch"]
    further = [[name, NONE, f"{value:.1f}"] for name, value in target.references.items()]
    if baselines:
        further += baseline_rows(baselines, [run.metrics["test"][measured[1].name] for run in runs])
    rows += [[*line, *[NONE] * (len(header) - len(line))] for line in further]
    return table(header, rows)


def describe_bleu(runs: Sequence[Run]) -> str:
    """Return the sacrebleu signatures of both BLEU scores of the runs."""
    names = ("signature_lower", "signature")
    found = dict.fromkeys(run.metrics["test"][name] for name in names for run in runs)
    return ", ".join(f"`{signature}`" for signature in found)


if __name__ == "__main__":
    main()
