"""A multi-label classifier from end to end."""

import json
from pathlib import Path

import numpy as np
import pytest

import seqnlp

KINDS = {"art": "paint canvas museum gallery".split(), "food": "bread soup kitchen spice".split()}
REST = "the a was and of it in there".split()
SMALL = [
    "network.dropout=0.2",
    "network.word_dimension=16",
    "network.units=8",
    "training.buckets=2",
    "training.batch_tokens=64",
]


def write(path: Path, seed: int, count: int) -> Path:
    random = np.random.default_rng(seed)
    with path.open("w", encoding="utf-8") as file:
        for _ in range(count):
            labels = [label for label in KINDS if random.random() < 0.4]
            words = [*random.choice(REST, 5), *(random.choice(KINDS[label]) for label in labels)]
            text = " ".join(random.permutation(words))
            file.write(json.dumps({"text": text, "label": labels}) + "\n")
    return path


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> Path:
    from typer.testing import CliRunner

    from seqnlp.cli.main import app

    folder = tmp_path_factory.mktemp("several")
    files = ["--train", write(folder / "train.jsonl", 1, 600), "--dev", write(folder / "dev.jsonl", 2, 80)]
    sets = [each for setting in (*SMALL, "network.class_weights=balanced") for each in ("--set", setting)]
    arguments = ["train", "classifier", *files, "--label-separator=|", *sets, "--epochs=12"]
    result = CliRunner().invoke(
        app, [*map(str, arguments), "--output", str(folder / "run")], catch_exceptions=False
    )
    assert result.exit_code == 0
    return folder / "run"


def test_training_learns_the_labels_and_the_threshold(run: Path) -> None:
    metrics = json.loads((run / "metrics.json").read_text(encoding="utf-8"))
    assert metrics["dev"]["f1"] > 0.95
    assert metrics["dev"]["exact"] > 0.9
    model = seqnlp.load(run)
    assert model.codec.threshold == pytest.approx(metrics["threshold"], abs=1e-4)
    assert "threshold" not in json.loads((run / "history.jsonl").read_text().splitlines()[0])["dev"]
    assert "| dev | " in (run / "README.md").read_text(encoding="utf-8")


def test_a_text_gets_any_number_of_labels(run: Path, cli) -> None:
    lines = cli("predict", run, "the soup in the museum", "it was there").stdout.splitlines()
    both, none = map(json.loads, lines)
    assert sorted(both["labels"]) == ["art", "food"]
    assert none["labels"] == []
    assert set(none) == {"text", "labels", "scores"}
    both, none = cli(
        "predict", run, "the soup in the museum", "it was there", "--output-format=text"
    ).stdout.splitlines()
    assert both.endswith("  the soup in the museum")
    assert "art " in both
    assert "food " in both
    assert none == "(none)  it was there"


def test_evaluation_gives_the_scores_of_training(run: Path, cli, complaint, tmp_path: Path) -> None:
    data = run.parent / "dev.jsonl"
    metrics = json.loads((run / "metrics.json").read_text(encoding="utf-8"))
    found = json.loads(cli("evaluate", run, "--data", data, "--json").stdout)
    assert found == metrics["dev"]
    assert "exact" in cli("evaluate", run, "--data", data).stdout
    table = tmp_path / "a.csv"
    table.write_text("text,label\nsoup in the museum,art;food\n", encoding="utf-8")
    found = json.loads(cli("evaluate", run, "--data", table, "--label-separator=;", "--json").stdout)
    assert found["exact"] == 1


def test_a_model_of_a_prepared_corpus_knows_the_label_separator(run: Path, cli, complaint) -> None:
    folder = run.parent
    files = ("--train", folder / "train.jsonl", "--dev", folder / "dev.jsonl", "--label-separator=|")
    assert cli("prepare", "classifier", *files, "--output", folder / "prepared").exit_code == 0
    sets = [each for setting in SMALL for each in ("--set", setting)]
    train = ("train", "classifier", "--prepared", folder / "prepared", "--epochs=1", *sets)
    assert cli(*train, "--output", folder / "again").exit_code == 0
    table = folder / "table.csv"
    table.write_text("text,label\nsoup in the museum,art|food\n", encoding="utf-8")
    evaluate = ("evaluate", folder / "again", "--data", table, "--json")
    found = cli(*evaluate)
    assert found.exit_code == 0
    assert found.stdout == cli(*evaluate, "--label-separator=|").stdout
    assert found.stdout != cli(*evaluate, "--label-separator=;").stdout


def test_training_texts_without_any_label_are_an_error(complaint, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text,label\nx,\n", encoding="utf-8")
    files = ("--train", tmp_path / "a.csv", "--dev", tmp_path / "a.csv")
    message = complaint("train", "classifier", *files, "--label-separator=|", "--output", tmp_path / "run")
    assert message == f"{tmp_path / 'a.csv'}: no training text has a label; a classifier needs at least 1"
