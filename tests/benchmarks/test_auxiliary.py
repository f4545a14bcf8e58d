"""The comparison of taggers with and without the auxiliary loss."""

from pathlib import Path

import pytest

from benchmarks import auxiliary
from benchmarks.arms import side_by_side
from benchmarks.auxiliary import main, make_arms
from benchmarks.runs import Run


def test_runs_differ_in_the_weight_alone(tmp_path: Path) -> None:
    plain, ours = make_arms("conll2000", [0.0, 0.1], [1, 2], ["training.epochs=3"], tmp_path)
    paths = [run.path.relative_to(tmp_path).as_posix() for run in side_by_side([plain, ours])]
    assert paths == [
        "weight-0/conll2000-1",
        "weight-0.1/conll2000-1",
        "weight-0/conll2000-2",
        "weight-0.1/conll2000-2",
    ]
    without, with_loss = (arm.runs[0].load_settings() for arm in (plain, ours))
    assert without.training.epochs == 3
    assert with_loss.network.auxiliary_language_model == 0.1
    assert with_loss.replace(network={"auxiliary_language_model": 0.0}) == without


def test_a_report_trains_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    trained: list[Run] = []
    monkeypatch.setattr(auxiliary, "finish", lambda runs, jobs: trained.extend(runs))
    arguments = ["auxiliary", "--runs", str(tmp_path), "--corpus", "conll2000", "--seeds", "1"]
    for options, count in (["--report"], 0), ([], 2):
        monkeypatch.setattr("sys.argv", [*arguments, *options, "--output", str(tmp_path / "report.md")])
        main()
        assert len(trained) == count
        assert (tmp_path / "report.md").read_text(encoding="utf-8") == capsys.readouterr().out
