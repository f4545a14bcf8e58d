"""Runs of `seqnlp train` that benchmarks start, resume and read."""

import json
import os
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from benchmarks.report import NONE
from benchmarks.targets import Target
from seqnlp.errors import ConfigError, SeqnlpError
from seqnlp.settings import Settings
from seqnlp.tasks.registry import get_task
from seqnlp.training.run_directory import RunDirectory

PACKAGES = ("tensorflow", "keras", "onnxruntime")


@dataclass(frozen=True)
class Run:
    """A separate `seqnlp train`, which can be interrupted and repeated.

    Attributes:
        task: The task.
        path: The run directory.
        settings: The settings that are specific to this run, by name.
        overrides: Other settings that differ from the defaults, `SECTION.KEY=VALUE`.
        number: The seed or the fold; 0 for a single run.
    """

    task: str
    path: Path
    settings: Mapping[str, Any] = field(default_factory=dict)
    overrides: Sequence[str] = ()
    number: int = 0

    @classmethod
    def of_target(cls, name: str, target: Target, number: int, overrides: Sequence[str], runs: Path) -> "Run":
        """Return the run of a target with a seed or a fold.

        Args:
            name: The name of the target.
            target: The target.
            number: The seed or the fold.
            overrides: Settings that differ from the defaults, `SECTION.KEY=VALUE`.
            runs: The directory of all runs.
        """
        seed = {} if target.folds else {"training.seed": number}
        path = runs / f"{name.replace('/', '-')}-{number}"
        return cls(target.task, path, {**target.data_settings(number), **seed}, overrides, number)

    @property
    def directory(self) -> RunDirectory:
        """The run directory."""
        return RunDirectory(self.path)

    @property
    def finished(self) -> bool:
        """True if the run is finished."""
        return self.directory.finished

    def load_settings(self) -> Settings:
        """Return all settings of the run, with absolute paths."""
        kind: type[Settings] = get_task(self.task).settings()
        return kind.load(overrides=self.overrides, values=self.settings).with_paths(Path.absolute)

    @property
    def times(self) -> Path:
        """The file with the seconds of each command that trained the run."""
        return self.path.with_name(f"{self.path.name}.seconds")

    @property
    def seconds(self) -> float | None:
        """The total time of the commands that trained the run; None if no benchmark started them."""
        if not self.times.exists():
            return None
        return sum(map(float, self.times.read_text(encoding="utf-8").split()))

    @property
    def minutes(self) -> str:
        """The total time as a cell of a table."""
        return NONE if self.seconds is None else f"{self.seconds / 60:.1f}"

    @property
    def epochs(self) -> str:
        """The best epoch and the number of epochs."""
        return f"{self.metrics['best_epoch']} of {self.metrics['epochs']}"

    @property
    def metrics(self) -> Mapping[str, Any]:
        """The metrics of a finished run."""
        return self.directory.read_metrics()

    def score(self, split: str, name: str) -> float:
        """Return a score of a finished run x 100.

        Args:
            split: The split.
            name: The name of the score in the metrics.
        """
        return 100 * float(self.metrics[split][name])

    def finish(self, cores: Collection[int]) -> None:
        """Train the run, or resume it.

        Args:
            cores: The numbers of the cores that it may use.

        Raises:
            ConfigError: The run was started with other settings.
            CalledProcessError: The command failed.
        """
        started = self.directory.config.exists()
        if started and self.directory.config.read_text(encoding="utf-8") != self.load_settings().to_toml():
            raise ConfigError(f"{self.path} was started with other settings; choose another --runs")
        if self.finished:
            return
        options = ["--output", str(self.path)]
        if started:
            options += ["--resume"]
        else:
            sets = [*self.overrides, *(f"{key}={json.dumps(value)}" for key, value in self.settings.items())]
            options += [f"--set={each}" for each in sets]
        print(f"{self.path} …", file=sys.stderr, flush=True)
        start = time.perf_counter()
        try:
            seqnlp = Path(sys.executable).with_name("seqnlp")
            pinned = ["taskset", "--cpu-list", ",".join(map(str, cores))]
            subprocess.run([*pinned, seqnlp, "train", self.task, *options], check=True)
        finally:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.times.open("a", encoding="utf-8") as file:
                file.write(f"{time.perf_counter() - start:.1f}\n")


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


@contextmanager
def errors_end_the_command() -> Iterator[None]:
    """End the command with one line for an error, or with the exit code of a failed run."""
    try:
        yield
    except SeqnlpError as error:
        sys.exit(f"error: {error}")
    except subprocess.CalledProcessError as error:
        sys.exit(error.returncode)
    except KeyboardInterrupt:
        sys.exit(130)


def add_run_options(options: ArgumentParser, runs: str) -> None:
    """Add the options of benchmarks that train.

    Args:
        options: The parser.
        runs: The default directory of the runs.
    """
    cores = len(os.sched_getaffinity(0))
    options.add_argument("--runs", type=Path, default=Path(runs), help="directory of the runs")
    options.add_argument(
        "--jobs",
        type=int,
        choices=range(1, cores + 1),
        default=1,
        metavar="N",
        help="number of runs at a time",
    )
    options.add_argument("--set", action="append", default=[], metavar="SECTION.KEY=VALUE")
    options.add_argument("--output", type=Path, help="file to which the report is also written")
