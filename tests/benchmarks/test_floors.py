"""Floors under a target: read as `seqnlp train` reads, chosen on dev, kept."""

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from benchmarks import floors, quality
from benchmarks.floors import Score, best_of, floor_rows, floors_of, report
from benchmarks.ngrams import FLOORS, Candidate
from benchmarks.targets import Target

TEXTS = [("A fine film .", "good"), ("Fine fun", "good"), ("a dull film", "bad"), ("Dull , long !", "bad")]


def scores_of(dev: float, test: float) -> dict[str, Score]:
    return {name: Score({"C": 1.0}, dev, test) for name in FLOORS}


@pytest.fixture
def target(tmp_path: Path) -> Target:
    lines = [json.dumps({"text": text, "label": label}) for text, label in TEXTS]
    for split, count in (("train", 6), ("dev", 1), ("test", 2)):
        (tmp_path / f"{split}.jsonl").write_text("\n".join(lines * count), encoding="utf-8")
    return Target(
        "classifier", {f"data.{split}": tmp_path / f"{split}.jsonl" for split in ("train", "dev", "test")}, {}
    )


def test_floors_are_computed_once(target: Target, tmp_path: Path, monkeypatch) -> None:
    (found,) = floors_of("tiny/one", target, [], tmp_path / "runs")
    assert {name: (score.dev, score.test) for name, score in found.items()} == dict.fromkeys(FLOORS, (1, 1))
    assert (tmp_path / "runs" / "tiny-one.floors.json").exists()
    monkeypatch.setattr(floors, "computed", lambda prepared: scores_of(0.5, 0.5))
    assert floors_of("tiny/one", target, [], tmp_path / "runs") == [found]
    assert floors_of("tiny/one", target, ["network.units=7"], tmp_path / "runs") == [found]
    read_otherwise = floors_of("tiny/one", target, ["text.lower=false"], tmp_path / "runs")
    assert read_otherwise == [scores_of(0.5, 0.5)]


def test_each_fold_has_its_own(target: Target, tmp_path: Path, monkeypatch) -> None:
    folds = iter(range(1, 4))
    monkeypatch.setattr(floors, "computed", lambda prepared: scores_of(0, next(folds)))
    three = Target(target.task, target.data, {}, folds=3)
    for _ in range(2):
        found = floors_of("tiny", three, [], tmp_path)
        assert [each["NBSVM"].test for each in found] == [1, 2, 3]
    assert sorted(path.name for path in tmp_path.glob("*.floors.json")) == [
        f"tiny-{number}.floors.json" for number in (1, 2, 3)
    ]


def test_the_first_of_the_best_on_dev_is_chosen() -> None:
    def candidate(name: float, *labels: int) -> Candidate:
        return Candidate({"C": name}, lambda texts: np.array(labels))

    candidates = [candidate(1, 0, 1, 0), candidate(2, 1, 1, 0), candidate(3, 1, 0, 0)]
    best, score = best_of(candidates, None, np.array([1, 1, -1]))
    assert (best.settings, score) == ({"C": 2}, pytest.approx(2 / 3))


def test_rows_by_hand() -> None:
    folds = [scores_of(0.70, 0.60), scores_of(0.72, 0.64)]
    first, above, *others = floor_rows(folds, [0.61, 0.62])
    assert first == ["floor: logistic regression", "71.00 ± 1.41", "62.00 ± 2.83"]
    assert above == ["above logistic regression: 1 of 2", "", "-0.50 (-2.00 – +1.00)"]
    assert len(others) == 2 * (len(FLOORS) - 1)
    single, above, *_ = floor_rows(folds[:1], [0.61, 0.62, 0.60])
    assert single[1:] == ["70.00", "60.00"]
    assert above == ["above logistic regression: 2 of 3", "", "+1.00 (+0.00 – +2.00)"]


def test_the_report_counts_what_was_chosen() -> None:
    lines = report([scores_of(0.7, 0.6), scores_of(0.7, 0.6)]).splitlines()
    assert lines[2] == "| logistic regression | 70.00 ± 0.00 | 60.00 ± 0.00 | C 1 (2) |"


def test_the_table_of_quality_ends_with_the_floors() -> None:
    target = Target("classifier", {}, {"bar": 50.0})
    metrics = {"dev": {"accuracy": 0.8}, "test": {"accuracy": 0.7}}
    runs = [SimpleNamespace(target=target, number=n, metrics=metrics, minutes="", epochs="") for n in (1, 2)]
    table = quality.scores(runs, [scores_of(0.65, 0.6)]).splitlines()
    assert table[-3:] == [
        "| above logistic regression: 2 of 2 |  | +10.00 (+10.00 – +10.00) |  |  |",
        "| floor: NBSVM | 65.00 | 60.00 |  |  |",
        "| above NBSVM: 2 of 2 |  | +10.00 (+10.00 – +10.00) |  |  |",
    ]
    assert "| bar |  | 50.0 |  |  |" in quality.scores(runs, []).splitlines()[-1:]
