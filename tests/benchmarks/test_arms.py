"""Tables of arms."""

import json
from pathlib import Path

from benchmarks.arms import Arm, Comparison
from benchmarks.runs import Run


def make_arm(name: str, scores: dict[int, float | None], folder: Path) -> Arm:
    """Return an arm whose runs with a score are finished."""
    runs = [Run("tagger", folder / f"{name}-{number}", number=number) for number in scores]
    for run, score in zip(runs, scores.values(), strict=True):
        if score is not None:
            write_result(run, score)
    return Arm(name, runs)


def write_result(run: Run, f1: float) -> None:
    """Write what a report reads of a finished run."""
    run.path.mkdir(parents=True)
    metrics = {"dev": {"f1": 0.8}, "test": {"f1": f1}, "epochs": 3, "best_epoch": 2}
    run.directory.metrics.write_text(json.dumps(metrics), encoding="utf-8")
    lines = (json.dumps({"seconds": seconds}) + "\n" for seconds in (10.0, 20.0, 30.0))
    run.directory.history.write_text("".join(lines), encoding="utf-8")
    run.times.write_text("60.0\n30.0\n", encoding="utf-8")


def test_the_table_has_the_finished_runs_and_their_gains(tmp_path: Path) -> None:
    arms = [
        make_arm("0", {1: 0.83, 2: 0.82}, tmp_path),
        make_arm("0.1", {1: 0.835, 2: 0.8325}, tmp_path),
        make_arm("0.2", {1: None, 2: 0.81}, tmp_path),
        make_arm("0.3", {1: None, 2: None}, tmp_path),
    ]
    header, _, *rows = Comparison(arms, "f1", "weight").table(goal=("84.0", "0.3")).splitlines()
    assert header == (
        "| weight | dev | test, seed 1 | test, seed 2 | mean | gain | minutes | seconds per epoch | "
        "best epoch |"
    )
    assert rows == [
        "| 0 | 80.00 | 83.00 | 82.00 | 82.50 |  | 1.5 | 20 | 2 of 3, 2 of 3 |",
        "| 0.1 | 80.00 | 83.50 | 83.25 | 83.38 | +0.88 (+0.50 – +1.25) | 1.5 | 20 | 2 of 3, 2 of 3 |",
        "| 0.2 | 80.00 |  | 81.00 | 81.00 | -1.00 (-1.00 – -1.00) | 1.5 | 20 | 2 of 3 |",
        "| 0.3 |  |  |  |  |  |  |  |  |",
        "| goal |  |  |  | 84.0 | 0.3 |  |  |  |",
    ]


def test_runs_of_an_unknown_time_have_no_minutes(tmp_path: Path) -> None:
    arm = make_arm("plain", {1: 0.9}, tmp_path)
    arm.runs[0].times.unlink()
    (row,) = Comparison([arm], "f1", "tagger", "fold").table().splitlines()[2:]
    assert row == "| plain | 80.00 | 90.00 | 90.00 |  |  | 20 | 2 of 3 |"
