"""Baselines: trained on the data of `seqnlp train`, selected on dev, and cached."""

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from benchmarks import baselines, quality
from benchmarks.baselines import Score, baseline_rows, choose_best, report, score_baselines
from benchmarks.ngrams import CLASSIFIERS, Candidate
from benchmarks.targets import Target

TEXTS = [("A fine film .", "good"), ("Fine fun", "good"), ("a dull film", "bad"), ("Dull , long !", "bad")]


def scores_of(dev: float, test: float) -> dict[str, Score]:
    return {name: Score({"C": 1.0}, dev, test) for name in CLASSIFIERS}


@pytest.fixture
def target(tmp_path: Path) -> Target:
    lines = [json.dumps({"text": text, "label": label}) for text, label in TEXTS]
    for split, count in (("train", 6), ("dev", 1), ("test", 2)):
        (tmp_path / f"{split}.jsonl").write_text("\n".join(lines * count), encoding="utf-8")
    return Target(
        "classifier", {f"data.{split}": tmp_path / f"{split}.jsonl" for split in ("train", "dev", "test")}, {}
    )


def test_baselines_are_computed_once(target: Target, tmp_path: Path, monkeypatch) -> None:
    (found,) = score_baselines("tiny/one", target, [], tmp_path / "runs")
    assert {name: (score.dev, score.test) for name, score in found.items()} == dict.fromkeys(
        CLASSIFIERS, (1, 1)
    )
    assert (tmp_path / "runs" / "tiny-one.baselines.json").exists()
    monkeypatch.setattr(baselines, "train_and_score", lambda prepared: scores_of(0.5, 0.5))
    assert score_baselines("tiny/one", target, [], tmp_path / "runs") == [found]
    assert score_baselines("tiny/one", target, ["network.units=7"], tmp_path / "runs") == [found]
    other_texts = score_baselines("tiny/one", target, ["text.lower=false"], tmp_path / "runs")
    assert other_texts == [scores_of(0.5, 0.5)]


def test_each_fold_has_its_own_scores(target: Target, tmp_path: Path, monkeypatch) -> None:
    folds = iter(range(1, 4))
    monkeypatch.setattr(baselines, "train_and_score", lambda prepared: scores_of(0, next(folds)))
    three = Target(target.task, target.data, {}, folds=3)
    for _ in range(2):
        found = score_baselines("tiny", three, [], tmp_path)
        assert [each["NBSVM"].test for each in found] == [1, 2, 3]
    assert sorted(path.name for path in tmp_path.glob("*.baselines.json")) == [
        f"tiny-{number}.baselines.json" for number in (1, 2, 3)
    ]


def test_the_first_of_the_best_on_dev_is_chosen() -> None:
    def candidate(name: float, *labels: int) -> Candidate:
        return Candidate({"C": name}, lambda texts: np.array(labels))

    candidates = [candidate(1, 0, 1, 0), candidate(2, 1, 1, 0), candidate(3, 1, 0, 0)]
    best, score = choose_best(candidates, None, np.array([1, 1, -1]))
    assert (best.settings, score) == ({"C": 2}, pytest.approx(2 / 3))


def test_rows_equal_those_computed_by_hand() -> None:
    folds = [scores_of(0.70, 0.60), scores_of(0.72, 0.64)]
    first, above, *others = baseline_rows(folds, [0.61, 0.62])
    assert first == ["baseline: logistic regression", "71.00 ± 1.41", "62.00 ± 2.83"]
    assert above == ["above logistic regression: 1 of 2", "", "-0.50 (-2.00 – +1.00)"]
    assert len(others) == 2 * (len(CLASSIFIERS) - 1)
    single, above, *_ = baseline_rows(folds[:1], [0.61, 0.62, 0.60])
    assert single[1:] == ["70.00", "60.00"]
    assert above == ["above logistic regression: 2 of 3", "", "+1.00 (+0.00 – +2.00)"]


def test_the_report_counts_selected_hyperparameters() -> None:
    lines = report([scores_of(0.7, 0.6), scores_of(0.7, 0.6)]).splitlines()
    assert lines[2] == "| logistic regression | 70.00 ± 0.00 | 60.00 ± 0.00 | C 1 (2) |"


def test_the_table_of_quality_ends_with_the_baselines() -> None:
    target = Target("classifier", {}, {"minimum": 50.0})
    metrics = {"dev": {"accuracy": 0.8}, "test": {"accuracy": 0.7}}
    runs = [SimpleNamespace(number=n, metrics=metrics, minutes="", epochs="") for n in (1, 2)]
    table = quality.score_table(target, runs, [scores_of(0.65, 0.6)]).splitlines()
    assert table[-3:] == [
        "| above logistic regression: 2 of 2 |  | +10.00 (+10.00 – +10.00) |  |  |",
        "| baseline: NBSVM | 65.00 | 60.00 |  |  |",
        "| above NBSVM: 2 of 2 |  | +10.00 (+10.00 – +10.00) |  |  |",
    ]
    assert "| minimum |  | 50.0 |  |  |" in quality.score_table(target, runs, []).splitlines()[-1:]
