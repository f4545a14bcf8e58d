"""Training progress on stderr: a bar on a terminal, one line per epoch elsewhere."""

import sys
import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from seqnlp.metrics.report import Report
from seqnlp.training.checkpoints import TrainingState
from seqnlp.types import JsonObject

_SETTLED = 0.25
"""Fraction of the first epoch after which the remaining time is shown. Until then, shapes are compiled."""


class TrainingProgress:
    """Shows the progress of training; a `seqnlp.training.loop.Listener`.

    Args:
        metric: The name of the dev score to show.
        quiet: Whether to show nothing.
    """

    def __init__(self, metric: str, quiet: bool = False) -> None:
        self.metric = metric
        self.console = Console(stderr=True, quiet=quiet, highlight=False)
        self.progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[status]}"),
            console=self.console,
            transient=True,
            disable=quiet or not sys.stderr.isatty(),
        )
        self.epochs = 0
        self.steps = 0
        self.first = 0
        self.started = 0.0

    def __enter__(self) -> Self:
        self.progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.progress.stop()

    def show_data(self, report: Report) -> None:
        """Print a report on the corpus."""
        report.render(self.console)

    def show_network(self, description: str, parameters: int) -> None:
        """Print the description and the size of the network."""
        self.console.print(f"{description}; {parameters:,} parameters")

    def begin(self, state: TrainingState, steps: int, epochs: int, patience: int) -> None:
        """Print the length of training, and show a bar for the batches of an epoch."""
        self.epochs, self.steps, self.first = epochs, steps, state.epochs
        self.started = time.perf_counter()
        length = f"up to {epochs} epochs, {epochs * steps:,} steps"
        early = f"; stops early if {patience} epochs bring no better dev {self.metric}"
        self.console.print(length + early if patience < epochs else length, soft_wrap=True)
        if state.epochs:
            self.console.print(f"resuming after epoch {state.epochs}")
        self.bar = self.progress.add_task(self._title(state.epochs), total=steps, status="compiling")

    def step(self, epoch: int, step: int, loss: float) -> None:
        """Move the bar, and show the loss and the remaining time."""
        done = epoch - self.first + step / self.steps
        left = self._remaining(done) if done >= _SETTLED else "compiling"
        self.progress.update(
            self.bar, completed=step, description=self._title(epoch), status=f"loss {loss:.4f}  {left}"
        )

    def epoch(self, record: JsonObject, best: bool) -> None:
        """Print the line of an epoch, or of the dev score before training."""
        if not record["epoch"]:
            score = f"dev {self.metric} {record['dev'][self.metric]:.4f}"
            self.console.print(f"epoch {0:>3}/{self.epochs}  {score}  before training")
            return
        mark = " [green]best[/green]" if best else ""
        self.console.print(
            f"epoch {record['epoch']:>3}/{self.epochs}  loss {record['loss']:.4f}  "
            f"dev {self.metric} {record['dev'][self.metric]:.4f}  "
            f"{record['tokens_per_second']:,} tokens/s{mark}"
        )

    def _title(self, epoch: int) -> str:
        return f"epoch {epoch + 1}/{self.epochs}"

    def _remaining(self, done: float) -> str:
        """Return the remaining time of all epochs, after `done` epochs of this process."""
        seconds = (time.perf_counter() - self.started) / done * (self.epochs - self.first - done)
        minutes, seconds = divmod(round(seconds), 60)
        hours, minutes = divmod(minutes, 60)
        return f"at most {hours}:{minutes:02}:{seconds:02} left"
