"""Measure the quality of models over several seeds or folds.

`python -m benchmarks.quality tagging --runs runs/quality --output FILE`, and likewise `classification`,
`translation`, `parsing` and `trees`.

Every run is a separate `seqnlp train`. Finished runs are kept and interrupted runs are resumed, so you can
stop the command and repeat it at any time. With `--jobs 2`, two runs are trained at once.
"""

import json
import os
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from statistics import mean, stdev
from typing import Any

from benchmarks.baselines import baseline_rows, score_baselines
from benchmarks.report import NONE, describe_machine, publish, table
from benchmarks.score import Scores
from benchmarks.targets import TARGETS, Target
from seqnlp.errors import ConfigError, SeqnlpError
from seqnlp.settings import Settings
from seqnlp.tasks.registry import get_task
from seqnlp.training.run_directory import RunDirectory

PACKAGES = ("tensorflow", "keras", "onnxruntime")
SCALES = {
    "tagging": "Scores are x 100.",
    "classification": "Scores are x 100.",
    "parsing": "Scores are x 100: F1 of labelled constituents, and sentences without an error.",
    "trees": "Scores are x 100: accuracy of whole sentences, and of all nodes.",
    "translation": "BLEU is lower-cased, like the references, and cased; the beam size is 5.",
}


@dataclass(frozen=True)
class Run:
    """A target with a seed or a fold.

    Attributes:
        name: The name of the target.
        target: The target.
        number: The seed or the fold.
        overrides: Settings that differ from the defaults, `SECTION.KEY=VALUE`.
        runs: The directory of all runs.
    """

    name: str
    target: Target
    number: int
    overrides: Sequence[str]
    runs: Path

    @property
    def directory(self) -> RunDirectory:
        """The run directory."""
        return RunDirectory(self.runs / f"{self.name.replace('/', '-')}-{self.number}")

    @property
    def settings(self) -> dict[str, Any]:
        """The settings that are specific to this run."""
        parts = self.target.data_settings(self.number)
        return parts if self.target.folds else {**parts, "training.seed": self.number}

    def load_settings(self) -> Settings:
        """Return all settings of the run."""
        kind: type[Settings] = get_task(self.target.task).settings()
        return kind.load(overrides=self.overrides, values=self.settings)

    @property
    def times(self) -> Path:
        """The file with the seconds of each command that trained the run."""
        path = self.directory.path
        return path.with_name(f"{path.name}.seconds")

    @property
    def minutes(self) -> str:
        """The total time of the commands that trained the run, if this benchmark started them."""
        if not self.times.exists():
            return NONE
        return f"{sum(map(float, self.times.read_text(encoding='utf-8').split())) / 60:.1f}"

    @property
    def epochs(self) -> str:
        """The best epoch and the number of epochs."""
        return f"{self.metrics['best_epoch']} of {self.metrics['epochs']}"

    @property
    def metrics(self) -> dict[str, Any]:
        """The metrics of a finished run."""
        metrics: dict[str, Any] = json.loads(self.directory.metrics.read_text(encoding="utf-8"))
        return metrics

    def finish(self, cores: Collection[int]) -> None:
        """Train the run, or resume it.

        Args:
            cores: The numbers of the cores that it may use.

        Raises:
            ConfigError: The run was started with other settings.
            CalledProcessError: The command failed.
        """
        directory, task = self.directory, self.target.task
        started = directory.config.exists()
        if started and directory.config.read_text(encoding="utf-8") != (self.load_settings().to_toml()):
            raise ConfigError(f"{directory.path} was started with other settings; choose another --runs")
        if directory.finished:
            return
        options = ["--output", str(directory.path)]
        if started:
            options += ["--resume"]
        else:
            sets = [*self.overrides, *(f"{key}={json.dumps(value)}" for key, value in self.settings.items())]
            options += [f"--set={each}" for each in sets]
        print(f"{directory.path} …", file=sys.stderr, flush=True)
        start = time.perf_counter()
        try:
            seqnlp = Path(sys.executable).with_name("seqnlp")
            pinned = ["taskset", "--cpu-list", ",".join(map(str, cores))]
            subprocess.run([*pinned, seqnlp, "train", task, *options], check=True)
        finally:
            self.runs.mkdir(parents=True, exist_ok=True)
            with self.times.open("a", encoding="utf-8") as file:
                file.write(f"{time.perf_counter() - start:.1f}\n")


def main() -> None:
    """Train on each corpus with each seed or fold, and show the scores next to the reference scores."""
    arguments = parser().parse_args()
    parts = [describe_machine(PACKAGES)]
    targets = TARGETS[arguments.task]
    try:
        runs = {
            name: [Run(name, target, number, arguments.set, arguments.runs) for number in numbers]
            for name, target in targets.items()
            if name in (arguments.corpus or targets)
            for numbers in [target.numbers(arguments.seeds)]
        }
        finish([run for each in runs.values() for run in each], arguments.jobs)
        for name, each in runs.items():
            parts += [f"## {name}", score_table(each, run_baselines(each[0]))]
    except SeqnlpError as error:
        sys.exit(f"error: {error}")
    except subprocess.CalledProcessError as error:
        sys.exit(error.returncode)
    except KeyboardInterrupt:
        sys.exit(130)
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


def finish(runs: Sequence[Run], jobs: int) -> None:
    """Train all runs, several at a time, each on its own cores."""
    cores = sorted(os.sched_getaffinity(0))
    free: SimpleQueue[list[int]] = SimpleQueue()
    for job in range(jobs):
        free.put(cores[job::jobs])

    def work(run: Run) -> None:
        mine = free.get()
        try:
            run.finish(mine)
        finally:
            free.put(mine)

    with ThreadPoolExecutor(jobs) as workers:
        for _ in workers.map(work, runs):
            pass


def run_baselines(run: Run) -> Sequence[Scores]:
    """Return the scores of the baselines for the target of a run; empty if there are none."""
    return score_baselines(run.name, run.target, run.overrides, run.runs)


def parser() -> ArgumentParser:
    """Return the parser of the options."""
    options = ArgumentParser(prog="python -m benchmarks.quality", description=main.__doc__)
    options.add_argument("task", choices=list(TARGETS))
    options.add_argument("--corpus", nargs="+", metavar="NAME", help="targets; by default all")
    options.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3], metavar="N")
    options.add_argument("--runs", type=Path, default=Path("runs/quality"), help="directory of the runs")
    options.add_argument(
        "--jobs",
        type=int,
        choices=range(1, len(os.sched_getaffinity(0)) + 1),
        default=1,
        metavar="N",
        help="number of runs at a time",
    )
    options.add_argument("--set", action="append", default=[], metavar="SECTION.KEY=VALUE")
    options.add_argument("--output", type=Path, help="file to which the report is also written")
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


def score_table(runs: Sequence[Run], baselines: Sequence[Scores]) -> str:
    """Return a table of each seed or fold, mean and spread, references and baselines."""
    target, measured = runs[0].target, measures(runs[0])
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
