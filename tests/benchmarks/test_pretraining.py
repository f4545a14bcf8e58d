"""The comparison of taggers with and without a language model."""

from pathlib import Path

import pytest

from benchmarks import pretraining
from benchmarks.pretraining import Files, main
from benchmarks.runs import Run
from seqnlp import corpora
from seqnlp.tasks.registry import get_task


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


def test_runs_differ_in_the_language_model_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    trained: list[Run] = []
    monkeypatch.setattr(pretraining, "finish", lambda runs, jobs: trained.extend(runs))
    arguments = ["pretraining", "--runs", str(tmp_path), "--corpus", "sample/ner", "--seeds", "4", "5"]
    monkeypatch.setattr("sys.argv", [*arguments, "--output", str(tmp_path / "report.md")])
    main()
    model, *taggers = trained
    assert (model.task, model.path) == ("language-model", tmp_path / "language-model")
    assert model.load_settings().network.direction == "both"
    names = ["labels-alone-4", "with-a-language-model-4", "labels-alone-5", "with-a-language-model-5"]
    assert [run.path.name for run in taggers] == names
    plain, ours = (run.load_settings() for run in taggers[:2])
    assert plain.training.seed == ours.training.seed == 4
    assert ours.network.language_model == model.path
    assert ours.replace(network={"language_model": None}) == plain
    assert (tmp_path / "report.md").read_text(encoding="utf-8") == capsys.readouterr().out
    monkeypatch.setattr("sys.argv", [*arguments, "--report"])
    main()
    assert len(trained) == 5
