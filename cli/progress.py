"""Training progress on stderr: a bar on a terminal, a line an epoch elsewhere."""

import sys
from types import TracebackType
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


class TrainingProgress:
    """Shows how training goes; a `seqnlp.training.loop.Listener`.

    Args:
        metric: The dev score to show.
        quiet: Show nothing.
    """

    def __init__(self, metric: str, quiet: bool = False) -> None:
        self.metric = metric
        self.console = Console(stderr=True, quiet=quiet, highlight=False)
        self.progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("loss {task.fields[loss]:.4f}"),
            TimeRemainingColumn(),
            console=self.console,
            transient=True,
            disable=quiet or not sys.stderr.isatty(),
        )
        self.epochs = 0

    def __enter__(self) -> "TrainingProgress":
        self.progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.progress.stop()

    def begin(self, state: Any, steps: int, epochs: int) -> None:
        """Show a bar for the epoch's batches."""
        self.epochs = epochs
        if state.epochs:
            self.console.print(f"going on after epoch {state.epochs}")
        self.bar = self.progress.add_task("", total=steps, loss=0.0)

    def step(self, epoch: int, step: int, loss: float) -> None:
        """Move the bar."""
        self.progress.update(
            self.bar, completed=step, loss=loss, description=f"epoch {epoch + 1}/{self.epochs}"
        )

    def epoch(self, record: dict[str, Any], best: bool) -> None:
        """Print the epoch's line."""
        mark = " [green]best[/green]" if best else ""
        self.console.print(
            f"epoch {record['epoch']:>3}/{self.epochs}  loss {record['loss']:.4f}  "
            f"dev {self.metric} {record['dev'][self.metric]:.4f}  "
            f"{record['tokens_per_second']:,} tokens/s{mark}"
        )
