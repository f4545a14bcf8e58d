"""Comparison of recurrent cells on a synthetic task."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from seqnlp.comparison.comparison import Comparison, Rows, format_last_norm, gradient_label, measurement_rows
from seqnlp.comparison.plots import plot_trials
from seqnlp.comparison.synthetic_tasks import get_synthetic_task
from seqnlp.comparison.trial import Plan, Trial, run_trial
from seqnlp.comparison.variant import Variant
from seqnlp.training.directory_lock import lock_directory
from seqnlp.training.run_directory import check_empty


def compare_on_synthetic_task(
    name: str, variants: Sequence[Variant], output: Path, plan: Plan | None = None, *, quiet: bool = False
) -> Comparison[Trial]:
    """Train variants on a synthetic task and compare them.

    Args:
        name: The name of the synthetic task, such as `copy`.
        variants: The variants.
        output: The directory for `comparison.json` and `comparison.png`.
        plan: The hyperparameters; None for the defaults.
        quiet: Show no progress.

    Raises:
        ConfigError: The task is unknown, or the directory is not empty.

    Example:
        >>> variants = [Variant("gru", bidirectional=False), Variant("rnn", bidirectional=False)]
        >>> plan = Plan(gaps=(1, 4), units=8, steps=200)
        >>> comparison = compare_on_synthetic_task("copy", variants, Path("runs/memory"), plan)
        >>> print(comparison)
    """
    task, plan = get_synthetic_task(name), plan or Plan()
    with lock_directory(output):
        check_empty(output)
        trials = [run_trial(task, variant, plan, quiet=quiet) for variant in variants]
        rows: Rows[Trial] = {
            **{f"score at gap {gap}": partial(_format_score, gap) for gap in plan.gaps},
            "training steps": lambda trial: f"{trial.steps:,}",
            **measurement_rows("time steps"),
            gradient_label(trials[0].reach_after): lambda trial: format_last_norm(trial.reach_after),
        }
        comparison = Comparison(trials, rows, output, name)
        comparison.write_json()
        plot_trials(trials, comparison.picture)
    return comparison


def _format_score(gap: int, trial: Trial) -> str:
    return f"{trial.scores[gap]:.3f}"
