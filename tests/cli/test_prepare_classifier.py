"""`seqnlp prepare classifier`, and training on its output."""

import csv
import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

import seqnlp
from seqnlp.tasks.classification.settings import ClassifierSettings
from seqnlp.tasks.classification.task import ClassifierTask
from seqnlp.tasks.corpus import prepare
from seqnlp.tasks.prepared import load_prepared

CLASSIFIER = ClassifierTask()
TRAIN = [
    ("A fine-grained, warm film", "good"),
    ("dull   and cold", "bad"),
    ("fine " * 400, "good"),
    ("   ", "bad"),  # empty, so training omits it
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
    """Options with the files of a corpus and its columns."""
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


def test_a_prepared_directory_contains_what_was_prepared(prepared: Path, tmp_path: Path) -> None:
    values = {
        "data.train": tmp_path / "train.csv",
        "data.dev": tmp_path / "dev.csv",
        "format.text_column": "review",
        "format.label_column": "stars",
    }
    settings = ClassifierSettings.load(None, ["text.tokenizer=whitespace", "text.lower=false"], values)
    read, expected = load_prepared(prepared, CLASSIFIER), prepare(CLASSIFIER, settings)
    assert read.codec == expected.codec
    for field in ("encoding", "format_options", "source", "facts"):
        assert getattr(read, field) == getattr(expected, field)
    assert list(read.encoded) == list(expected.encoded) == ["train", "dev"]
    for found, encoded in zip(read.encoded.values(), expected.encoded.values(), strict=True):
        np.testing.assert_array_equal(found.labels, encoded.labels)
        for field in ("words", "spellings", "characters"):
            array = getattr(found.words, field)
            assert isinstance(array, np.memmap)
            np.testing.assert_array_equal(array, getattr(encoded.words, field))
        np.testing.assert_array_equal(found.words.windows.table, encoded.words.windows.table)
    texts = [(each.text, each.labels) for each in read.held_out["dev"].examples]
    assert texts == [(each.text, each.labels) for each in expected.held_out["dev"].examples]
    assert texts == [(text, (label,)) for text, label in DEV]


def test_the_report_equals_a_count_by_hand(cli, files, tmp_path: Path) -> None:
    result = cli("prepare", "classifier", "--output", tmp_path / "prepared", *files, *TEXT, "--json")
    found = json.loads(result.stdout)
    kept = [(text.split(), label) for text, label in TRAIN if text.strip()]
    known = {word for words, _ in kept for word in words}
    assert found["words"] == len(known) + 2
    assert found["labels"] == ["bad", "good", "so so"]
    train, dev = (found["splits"][name] for name in ("train", "dev"))
    side = train["sides"][""]
    assert (side["records"], side["tokens"]) == (20, sum(len(words) for words, _ in kept))
    assert side["unknown"] == 0
    assert train["labels"] == Counter(label for _, label in kept)
    assert side["max"] == 400
    assert side["mean"] == round(np.mean([len(words) for words, _ in kept]), 1)
    # The text of 400 words is read in three windows of at most 160.
    assert len(load_prepared(tmp_path / "prepared", CLASSIFIER).train.lengths) == 28
    # The empty text is read as one unknown word; "dull", "a" and "film" are known, "bore" is not.
    side = dev["sides"][""]
    assert (side["records"], side["tokens"]) == (5, 9)
    assert side["unknown"] == round(2 / 9, 6)
    assert dev["labels"] == {"good": 2, "bad": 2}


def test_the_report_is_readable(cli, files, tmp_path: Path, caplog) -> None:
    result = cli("prepare", "classifier", "--output", tmp_path / "prepared", *files)
    assert result.exit_code == 0
    assert "% padding" in result.stdout
    rows = [line.split() for line in result.stdout.splitlines()]
    assert ["good", "8", "2"] in rows
    assert ["so", "so", "4", "0"] in rows
    assert caplog.messages == [
        "4 empty training texts are left out",
        "dev: the label ugly is missing from the training data; it counts as an error",
    ]


def test_a_prepared_corpus_trains_to_the_same_result(cli, files, prepared: Path, tmp_path: Path) -> None:
    train = ("train", "classifier", *SMALL, "--epochs=2", "--json")
    of_files = json.loads(cli(*train, *files, *TEXT, "--output", tmp_path / "files").stdout)
    found = json.loads(cli(*train, "--prepared", prepared, "--output", tmp_path / "run").stdout)
    for each in (of_files, found):
        del each["seconds"]
    assert found == of_files
    # Prediction uses the tokenizer of the prepared corpus, which the settings of the run name.
    models = [seqnlp.load(tmp_path / name) for name in ("files", "run")]
    assert len({model("A fine-grained film").score for model in models}) == 1
    assert 'tokenizer = "whitespace"' in (tmp_path / "run" / "config.toml").read_text(encoding="utf-8")
    (tmp_path / "run" / "metrics.json").unlink()  # like a run interrupted in its first epoch
    (tmp_path / "run" / "checkpoints").mkdir()
    result = cli("train", "classifier", "--resume", "--output", tmp_path / "run", "--json")
    assert json.loads(result.stdout)["dev"] == of_files["dev"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--corpus", "sentence_polarity"), "give --prepared or data.corpus, not both"),
        (("--train", "a.csv"), "give --prepared or data.train, not both"),
        (("--text-column", "review"), "give --prepared or format.text_column, not both"),
        (("--folds", "3"), "give --prepared or data.folds, not both"),
        (("--set", "text.tokenizer=words"), "text.tokenizer is 'whitespace' in "),
        (("--set", "text.lower=true"), "prepare the corpus again for True"),
    ],
)
def test_settings_that_contradict_a_prepared_corpus_are_errors(
    complaint, prepared: Path, tmp_path: Path, options, message: str
) -> None:
    run = tmp_path / "run"
    assert message in complaint("train", "classifier", "--prepared", prepared, *options, "--output", run)
    assert not run.exists()


def test_a_corpus_prepared_for_another_task_is_an_error(complaint, prepared: Path, tmp_path: Path) -> None:
    line = complaint("train", "tagger", "--prepared", prepared, "--output", tmp_path / "run")
    assert line == f"{prepared}: prepared for a classifier, not for a tagger"


def test_one_fold_can_be_prepared(cli, files, tmp_path: Path) -> None:
    folds = ("--set", "data.folds=3", "--set", "data.fold=2", "--json")
    result = cli("prepare", "classifier", "--output", tmp_path / "prepared", *files, *folds)
    splits = json.loads(result.stdout)["splits"]
    # 14 bad, 10 good, 4 so so and 1 ugly are dealt out; one of the 12 of train is empty.
    records = {name: split["sides"][""]["records"] for name, split in splits.items()}
    assert records == {"train": 11, "dev": 8, "test": 9}
    assert load_prepared(tmp_path / "prepared", CLASSIFIER).source["fold"] == "2 of 3"
