"""The comparison with Flair: both taggers have the same data and sizes."""

import json
import shutil
from pathlib import Path

import pytest

from benchmarks import pretrained_tagging
from benchmarks.pretrained_tagging import (
    Runs,
    flair_sizes,
    language_settings,
    main,
    parser,
    tagger_settings,
    training_table,
)
from seqnlp import corpora
from seqnlp.records import TaggedSentence
from seqnlp.tasks.registry import get_task

ARGUMENTS = ["--corpus", "sample/ner", "--language-epochs", "3", "--epochs", "5", "--units", "24"]


def test_both_have_the_same_text_and_labels(tmp_path: Path) -> None:
    runs, corpus = Runs(tmp_path), corpora.load("sample/ner")
    runs.write_files({split: corpus.split(split)[::10] for split in runs.tagged})
    lines = (runs.text / "train" / "train.txt").read_text(encoding="utf-8").splitlines()
    assert lines == [" ".join(sentence.words) for sentence in corpus.train[::10]]
    dev = [" ".join(sentence.words) for sentence in corpus.split("dev")[::10]]
    assert (runs.text / "valid.txt").read_text(encoding="utf-8").splitlines() == dev
    reader = get_task("tagger").reader()
    for split, path in runs.tagged.items():
        found = list(reader.read(path, get_task("tagger").settings()().format))
        expected = corpus.split(split)[::10]
        assert [(each.words, each.tags) for each in found] == [(each.words, each.tags) for each in expected]


def test_both_have_the_same_sizes(tmp_path: Path) -> None:
    runs, arguments = Runs(tmp_path), parser().parse_args(ARGUMENTS)
    sizes = flair_sizes(runs, arguments)
    language = get_task("language-model").settings().load(overrides=language_settings(runs, arguments))
    tagger = get_task("tagger").settings().load(overrides=tagger_settings(runs, arguments))
    assert language.network.direction == "both"
    assert (sizes.language_units, sizes.characters) == (24, language.network.dimension)
    assert (sizes.language_epochs, sizes.rows) == (3, language.training.rows)
    assert tagger.network.language_model == runs.language_model.path
    assert (sizes.units, sizes.words, sizes.epochs) == (200, 100, 5)


def test_the_table_has_both_networks(tmp_path: Path) -> None:
    runs = Runs(tmp_path)
    for run, metrics in ((runs.language_model, {"seconds": 90}), (runs.tagger, {"seconds": 30})):
        run.path.mkdir()
        run.metrics.write_text(json.dumps({**metrics, "test": {"f1": 0.5}}), encoding="utf-8")
    found = training_table(runs, ((4000, 3000), (5000, 2000)), (60.0, {"seconds": 120.0, "f1": 0.25}))
    assert found.splitlines()[2:] == [
        "| seqnlp | 4,000 | 3,000 | 1.5 | 0.5 | 50.00 |",
        "| Flair | 5,000 | 2,000 | 1.0 | 2.0 | 25.00 |",
    ]


def test_training_alone_measures_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trained: list[str] = []
    monkeypatch.setattr(
        pretrained_tagging, "finish", lambda runs, jobs: trained.extend(run.task for run in runs)
    )
    monkeypatch.setattr(pretrained_tagging, "train_flair", lambda *_: trained.append("flair"))
    monkeypatch.setattr("sys.argv", ["pretrained_tagging", *ARGUMENTS, "--runs", str(tmp_path), "--train"])
    main()
    assert trained == ["language-model", "tagger", "flair"]


@pytest.fixture(scope="module")
def sentences() -> list[TaggedSentence]:
    return list(corpora.load("sample/ner").train[:12])


@pytest.mark.filterwarnings("default")  # of Flair and of the packages that it imports
def test_flair_trains_once_and_tags(tmp_path: Path, sentences: list[TaggedSentence]) -> None:
    pytest.importorskip("flair", exc_type=ImportError)
    from benchmarks.contenders.flair_tagger import Prediction, Training, labelled_sentences, read_tags
    from benchmarks.contenders.pretrained import Sizes

    converted = labelled_sentences(sentences)
    assert [read_tags(each, "bio") for each in converted] == [list(each.tags) for each in sentences]

    runs, words = Runs(tmp_path), [sentence.words for sentence in sentences]
    runs.write_files(dict.fromkeys(runs.tagged, sentences))
    sizes = Sizes(5, 8, 6, 7, rows=2, window=16, language_epochs=1, batch_size=4, epochs=1)
    for _ in range(2):
        training = Training(runs.flair, sizes, 1)
        assert training.train_language_models(runs.text) > 0
        assert set(training.train_tagger(sentences, sentences, sentences)) == {"f1", "seconds"}
        shutil.rmtree(runs.text / "train", ignore_errors=True)  # a finished training is not repeated
        (runs.text / "train").mkdir()
    prediction = Prediction(runs.flair, words, 1)
    assert prediction.run(4) == sum(map(len, words))
    assert prediction.one_by_one(2) == len(words[0]) + len(words[1])
    total, language = prediction.parameters()
    characters = len({character for each in words for character in " ".join(each)} | {"\n", "<unk>"})
    assert language == 2 * (5 * characters + 4 * 8 * (5 + 8 + 2))
    assert total > language
