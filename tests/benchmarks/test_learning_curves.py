"""Learning curves: records that survive an interruption, and their tables."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from benchmarks import learning_curves
from benchmarks.learning_curves import (
    CONTENDERS,
    OURS,
    SHORT,
    Record,
    Sample,
    collect,
    length_table,
    main,
    measure,
    score_table,
)
from benchmarks.ngrams import tfidf_regressions

CORPUS = "sample/reviews"


def record(contender: str, texts: int = 250, seed: int = 1, test: float = 0.5) -> Record:
    return Record(CORPUS, texts, seed, contender, 0.25, test, 20 if contender == OURS else 0)


def test_a_sample_is_drawn_from_the_training_texts() -> None:
    prepared = Sample(CORPUS, 250, 1).prepared
    sizes = {name: len(split.examples) for name, split in prepared.held_out.items()}
    assert sizes == {"dev": 25, "test": 800}
    assert len(prepared.train.lengths) == 225
    assert Sample(CORPUS, 250, 2).prepared.codec.words != prepared.codec.words


def test_a_network_of_the_same_length_is_not_trained_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    sample = Sample(CORPUS, 250, 1)
    assert not sample.is_short
    monkeypatch.setattr(Sample, "is_short", True)
    monkeypatch.setattr(Sample, "score", lambda sample, contenders: map(record, contenders))
    assert [each.contender for each in measure(sample, [record("NBSVM")])] == [OURS, "logistic regression"]


def test_only_missing_scores_are_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    measured: list[tuple[int, Sequence[str]]] = []

    def score(sample: Sample, contenders: Sequence[str]) -> Iterator[Record]:
        measured.append((sample.seed, list(contenders)))
        for name in contenders:
            if sample.seed == 2 and name == "NBSVM":
                raise KeyboardInterrupt
            yield record(name, sample.texts, sample.seed)

    monkeypatch.setattr(Sample, "score", score)
    records, report = tmp_path / "records.jsonl", tmp_path / "report.md"
    arguments = ["--corpus", CORPUS, "--sizes", "250", "9000", "--seeds", "1", "2"]
    files = ["--records", str(records), "--output", str(report), "--picture", str(tmp_path / "curves.png")]
    monkeypatch.setattr("sys.argv", ["learning_curves", *arguments, *files])
    with pytest.raises(SystemExit, match="130"):
        main()
    assert measured == [(1, list(CONTENDERS)), (2, list(CONTENDERS))]
    assert len(records.read_text(encoding="utf-8").splitlines()) == 7
    assert not report.exists()
    with records.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(record("NBSVM", seed=2))) + "\n")
    main()
    assert len(measured) == 2
    assert report.read_text(encoding="utf-8") == capsys.readouterr().out
    assert (tmp_path / "curves.png").exists()


def test_the_best_of_a_row_is_bold() -> None:
    records = [
        *(record(OURS, 250, seed, test) for seed, test in ((2, 0.5), (1, 0.75))),
        *(record("NBSVM", 250, seed, test) for seed, test in ((1, 0.5), (2, 0.5))),
        record(OURS, 500),
        record(SHORT, 500, test=0.6),
        Record("sst-5", 250, 1, OURS, 0.9, 0.9, 9),
    ]
    curves = collect(records, CORPUS)
    assert curves[OURS][250].values == (0.75, 0.5)
    assert score_table(curves).splitlines()[2:] == [
        "| 250 | **62.5** (50.0 – 75.0) |  |  | 50.0 (50.0 – 50.0) |",
        "| 500 | 50.0 (50.0 – 50.0) | **60.0** (60.0 – 60.0) |  |  |",
    ]
    assert length_table(records, CORPUS).splitlines() == [
        "| epochs of seqnlp | 250 texts | 500 texts |",
        "| :--- | ---: | ---: |",
        "| seed 1 | 20 | 20 |",
        "| seed 2 | 20 |  |",
    ]


def test_rare_words_weigh_more_in_tfidf() -> None:
    """The first word occurs in all texts, and the others decide."""
    texts = csr_matrix([[1, 1, 0], [1, 1, 0], [1, 0, 1], [1, 0, 1]], dtype=float)
    labels = np.array([1, 1, 0, 0])
    for candidate in tfidf_regressions(texts, labels):
        np.testing.assert_array_equal(candidate.predict(texts), labels)
    assert learning_curves.BASELINES["logistic regression"] is tfidf_regressions
