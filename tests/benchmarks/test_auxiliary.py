"""The comparison of taggers with and without the auxiliary loss."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from benchmarks import auxiliary
from benchmarks.auxiliary import gain_table, in_order, main, make_arms
from benchmarks.quality import Run

SCORES = {(0.0, 1): 83.0, (0.0, 2): 82.0, (0.1, 1): 83.5, (0.1, 2): 83.25}


def write_result(run: Run, weight: float) -> None:
    """Write what the report reads of a finished run."""
    run.directory.path.mkdir(parents=True, exist_ok=True)
    f1 = SCORES[weight, run.number] / 100
    metrics = {"dev": {"f1": 0.8}, "test": {"f1": f1}, "epochs": 3, "best_epoch": 2}
    run.directory.metrics.write_text(json.dumps(metrics), encoding="utf-8")
    history = [{"seconds": 10.0 + weight}, {"seconds": 20.0}, {"seconds": 30.0}]
    run.directory.history.write_text("".join(json.dumps(each) + "\n" for each in history), encoding="utf-8")


def test_runs_differ_in_the_weight_alone(tmp_path: Path) -> None:
    arms = make_arms("conll2000", [0.0, 0.1], [1, 2], ["training.epochs=3"], tmp_path)
    runs = in_order([arms, make_arms("conll2002/esp", [0.0, 0.1], [1, 2], [], tmp_path)])
    assert len({run.directory.path for run in runs}) == len(runs) == 8
    assert [run.number for run in runs[:4]] == [1, 1, 2, 2]
    plain, ours = (arms[weight][0].load_settings() for weight in (0.0, 0.1))
    assert plain.training.epochs == 3
    assert ours.network.auxiliary_language_model == 0.1
    assert ours.replace(network={"auxiliary_language_model": 0.0}) == plain


def test_the_table_has_the_finished_runs_and_their_gains(tmp_path: Path) -> None:
    arms = make_arms("conll2002/esp", [0.0, 0.1, 0.2], [1, 2], [], tmp_path)
    for weight in (0.0, 0.1):
        for run in arms[weight]:
            write_result(run, weight)
    assert gain_table("conll2002/esp", arms).splitlines()[2:] == [
        "| 0 | 80.00 | 83.00 | 82.00 | 82.50 |  | 20 | 2 of 3, 2 of 3 |",
        "| 0.1 | 80.00 | 83.50 | 83.25 | 83.38 | +0.88 (+0.50 – +1.25) | 20 | 2 of 3, 2 of 3 |",
        "| 0.2 |  |  |  |  |  |  |  |",
        "| goal |  |  |  | 84.0 | 0.3 |  |  |",
    ]


def test_a_report_trains_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    trained: list[tuple[str, int]] = []

    def finish(runs: Sequence[Run], jobs: int) -> None:
        trained.extend((run.name, run.number) for run in runs)

    monkeypatch.setattr(auxiliary, "finish", finish)
    arguments = ["auxiliary", "--runs", str(tmp_path), "--corpus", "conll2000", "--seeds", "1"]
    for options, count in (["--report"], 0), ([], 2):
        monkeypatch.setattr("sys.argv", [*arguments, *options, "--output", str(tmp_path / "report.md")])
        main()
        assert len(trained) == count
        assert (tmp_path / "report.md").read_text(encoding="utf-8") == capsys.readouterr().out
