"""The comparison of taggers with and without a language model."""

import json
from pathlib import Path

import pytest

from benchmarks import pretraining
from benchmarks.pretraining import PLAIN, PRETRAINED, Files, main, run_path, score_table
from seqnlp import corpora
from seqnlp.tasks.registry import get_task
from seqnlp.training.run_directory import RunDirectory


def write_result(path: Path, f1: float) -> None:
    """Write what the report reads of a finished run."""
    path.mkdir(parents=True, exist_ok=True)
    metrics = {"test": {"f1": f1}, "seconds": 90.0}
    RunDirectory(path).metrics.write_text(json.dumps(metrics), encoding="utf-8")


def test_every_tenth_sentence_keeps_its_labels(tmp_path: Path) -> None:
    files = Files(tmp_path)
    files.write("sample/ner", 10)
    corpus = corpora.load("sample/ner")
    lines = files.text["train"].read_text(encoding="utf-8").splitlines()
    assert lines == [" ".join(sentence.words) for sentence in corpus.train]
    reader = get_task("tagger").reader()
    for split, path in files.tagged.items():
        expected = corpus.split(split)[:: 10 if split == "train" else 1]
        found = list(reader.read(path, get_task("tagger").settings()().format))
        assert [(each.words, each.tags) for each in found] == [(each.words, each.tags) for each in expected]


def test_the_table_has_the_finished_runs_and_their_gain(tmp_path: Path) -> None:
    for arm, seed, f1 in [(PLAIN, 1, 0.6), (PLAIN, 2, 0.62), (PRETRAINED, 1, 0.655)]:
        write_result(run_path(tmp_path, arm, seed), f1)
    assert score_table(tmp_path, [1, 2]).splitlines()[2:] == [
        "| labels alone | 60.00 | 62.00 | 61.00 |  | 1.5, 1.5 |",
        "| with a language model | 65.50 |  | 65.50 | +5.50 | 1.5 |",
        "| goal |  |  |  | +3.0 |  |",
    ]


def test_runs_differ_in_the_language_model_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    trained: list[tuple[str, Path, list[str]]] = []
    monkeypatch.setattr(pretraining, "finish", lambda task, path, sets: trained.append((task, path, [*sets])))
    arguments = ["pretraining", "--runs", str(tmp_path), "--corpus", "sample/ner", "--seeds", "4", "5"]
    monkeypatch.setattr("sys.argv", [*arguments, "--output", str(tmp_path / "report.md")])
    main()
    (task, model, language), *taggers = trained
    assert task == "language-model"
    assert get_task(task).settings().load(overrides=language).network.direction == "both"
    kind = get_task("tagger").settings()
    loaded = [kind.load(overrides=sets) for _, _, sets in taggers]
    assert [settings.training.seed for settings in loaded] == [4, 4, 5, 5]
    assert loaded[1].network.language_model == model
    assert loaded[1].replace(network={"language_model": None}) == loaded[0]
    assert (tmp_path / "report.md").read_text(encoding="utf-8") == capsys.readouterr().out
    monkeypatch.setattr("sys.argv", [*arguments, "--report"])
    main()
    assert len(trained) == 5
