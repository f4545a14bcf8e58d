"""`seqnlp prepare classifier`, and what is trained on it."""

import csv
import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

import seqnlp
from seqnlp.tasks.classification.data import Prepared
from seqnlp.tasks.classification.task import ClassifierTask
from seqnlp.tasks.task import load_settings

TRAIN = [
    ("A fine-grained, warm film", "good"),
    ("dull   and cold", "bad"),
    ("fine " * 400, "good"),
    ("   ", "bad"),  # empty: training leaves it out
    ("cold film", "bad"),
    ("a film", "so so"),
] * 4
DEV = [("A warm film", "good"), ("", "bad"), ("a dull bore", "ugly"), ("cold", "bad"), ("fine", "good")]
COLUMNS = ("--text-column=review", "--label-column=stars")
TEXT = ("--set", "text.tokenizer=whitespace", "--set", "text.lower=false")
SMALL = [
    part
    for setting in ("network.word_dimension=8", "network.units=4", "training.buckets=2")
    for part in ("--set", setting)
]


@pytest.fixture
def files(tmp_path: Path) -> list[object]:
    """The options that name a corpus."""
    options: list[object] = [*COLUMNS]
    for name, rows in (("train", TRAIN), ("dev", DEV)):
        path = tmp_path / f"{name}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([("stars", "review"), *((label, text) for text, label in rows)])
        options += [f"--{name}", path]
    return options


@pytest.fixture
def prepared(cli, files, tmp_path: Path) -> Path:
    assert cli("prepare", "classifier", "--output", tmp_path / "prepared", *files, *TEXT).exit_code == 0
    return tmp_path / "prepared"


def test_what_is_read_back_is_what_was_written(prepared: Path, tmp_path: Path) -> None:
    flags = {
        "data.train": tmp_path / "train.csv",
        "data.dev": tmp_path / "dev.csv",
        "data.text_column": "review",
        "data.label_column": "stars",
    }
    settings = load_settings("classifier", None, ["text.tokenizer=whitespace", "text.lower=false"], flags)
    read, made = Prepared.read(prepared), ClassifierTask().prepare(settings)
    assert (read.codec, read.text, read.source) == (made.codec, made.text, made.source)
    for found, expected in ((read.train, made.train), (read.held_out["dev"], made.held_out["dev"])):
        np.testing.assert_array_equal(found.labels, expected.labels)
        for field in ("words", "spellings", "characters"):
            array = getattr(found.encoded, field)
            assert isinstance(array, np.memmap)
            np.testing.assert_array_equal(array, getattr(expected.encoded, field))
        np.testing.assert_array_equal(found.encoded.windows.table, expected.encoded.windows.table)
    assert read.held_out.keys() == {"dev"}
    assert read.held_out["dev"].texts == list(made.held_out["dev"].texts)
    assert read.held_out["dev"].words == made.held_out["dev"].words


def test_figures_equal_a_hand_count(cli, files, tmp_path: Path) -> None:
    result = cli("prepare", "classifier", "--output", tmp_path / "prepared", *files, *TEXT, "--json")
    found = json.loads(result.stdout)
    kept = [(text.split(), label) for text, label in TRAIN if text.strip()]
    known = {word for words, _ in kept for word in words}
    assert found["words"] == len(known) + 2
    assert found["labels"] == ["bad", "good", "so so"]
    train, dev = found["parts"]["train"], found["parts"]["dev"]
    # The text of 400 words is read in three windows of at most 160.
    assert (train["texts"], train["rows"], train["tokens"]) == (20, 28, sum(len(w) for w, _ in kept))
    assert train["unknown"] == 0
    assert train["labels"] == Counter(label for _, label in kept)
    assert train["length"]["longest"] == 400
    assert train["length"]["mean"] == round(np.mean([len(words) for words, _ in kept]), 1)
    # The empty text is read as one word that nobody knows; "dull", "a" and "film" are known, "bore" is not.
    assert (dev["texts"], dev["tokens"]) == (5, 9)
    assert dev["unknown"] == round(2 / 9, 4)
    assert dev["labels"] == {"good": 2, "bad": 2}


def test_what_is_shown(cli, files, tmp_path: Path, caplog) -> None:
    result = cli("prepare", "classifier", "--output", tmp_path / "prepared", *files)
    assert result.exit_code == 0
    assert "positions are padding" in result.stdout
    rows = [line.split() for line in result.stdout.splitlines()]
    assert ["good", "8", "2"] in rows
    assert ["so", "so", "4", "0"] in rows
    assert caplog.messages == ["dev has the label ugly, which training never saw: it counts as an error"]


def test_training_on_it_is_training_on_the_files(cli, files, prepared: Path, tmp_path: Path) -> None:
    train = ("train", "classifier", *SMALL, "--epochs=2", "--json")
    of_files = json.loads(cli(*train, *files, *TEXT, "--output", tmp_path / "files").stdout)
    found = json.loads(cli(*train, "--prepared", prepared, "--output", tmp_path / "run").stdout)
    for each in (of_files, found):
        del each["seconds"]
    assert found == of_files
    # Text is cut in use as it was when the corpus was prepared, and the settings of the run say so.
    models = [seqnlp.load(tmp_path / name) for name in ("files", "run")]
    assert len({model("A fine-grained film").score for model in models}) == 1
    assert 'tokenizer = "whitespace"' in (tmp_path / "run" / "config.toml").read_text(encoding="utf-8")
    (tmp_path / "run" / "metrics.json").unlink()  # as if it had been interrupted in its first epoch
    (tmp_path / "run" / "checkpoints").mkdir()
    result = cli("train", "classifier", "--resume", "--output", tmp_path / "run", "--json")
    assert json.loads(result.stdout)["dev"] == of_files["dev"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--corpus", "sentence_polarity"), "give --prepared or data.corpus, not both"),
        (("--train", "a.csv"), "give --prepared or data.train, not both"),
        (("--text-column", "review"), "give --prepared or data.text_column, not both"),
        (("--folds", "3"), "give --prepared or data.folds, not both"),
        (("--set", "text.tokenizer=words"), "text.tokenizer is 'whitespace' in "),
        (("--set", "text.lower=true"), "prepare it again for True"),
    ],
)
def test_nothing_else_is_said_of_a_prepared_corpus(
    complaint, prepared: Path, tmp_path: Path, options, message: str
) -> None:
    run = tmp_path / "run"
    assert message in complaint("train", "classifier", "--prepared", prepared, *options, "--output", run)
    assert not run.exists()


def test_it_is_for_classifiers(complaint, prepared: Path, tmp_path: Path) -> None:
    line = complaint("train", "tagger", "--prepared", prepared, "--output", tmp_path / "run")
    assert line == f"{prepared}: prepared for a classifier, not for a tagger"


def test_a_fold(cli, files, tmp_path: Path) -> None:
    folds = ("--set", "data.folds=3", "--set", "data.fold=2", "--json")
    result = cli("prepare", "classifier", "--output", tmp_path / "prepared", *files, *folds)
    parts = json.loads(result.stdout)["parts"]
    # 14 bad, 10 good, 4 so so and 1 ugly are counted off; one of the 12 of train is empty.
    assert {name: part["texts"] for name, part in parts.items()} == {"train": 11, "dev": 8, "test": 9}
    assert Prepared.read(tmp_path / "prepared").source["fold"] == "2 of 3"
