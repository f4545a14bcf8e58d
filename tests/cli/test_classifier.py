"""A classifier from end to end: training, resuming, evaluation and prediction."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

import seqnlp
from seqnlp.corpora import load_split
from seqnlp.tasks.registry import get_task
from seqnlp.tasks.training import train_run
from seqnlp.training.run_directory import RunDirectory

GOOD, BAD = "fine great lovely warm witty".split(), "dull flat cold long empty".split()
SMALL = [
    "network.pooling=max",  # no attention weights, so no explanations
    "network.word_dimension=16",
    "network.units=8",
    "training.buckets=2",
    "training.batch_tokens=64",
]


def write(path: Path, seed: int, count: int) -> Path:
    random = np.random.default_rng(seed)
    rest = "the a film plot actor is was and of it".split()
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["review", "stars"])
        for _ in range(count):
            good = random.random() < 0.5
            words = [*random.choice(rest, random.integers(2, 12)), random.choice(GOOD if good else BAD)]
            writer.writerow([" ".join(random.permutation(words)), "good" if good else "bad"])
    return path


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("corpus")
    return {"--train": write(folder / "train.csv", 1, 300), "--dev": write(folder / "dev.csv", 2, 60)}


def options(files: dict[str, Path], *more: object) -> list[object]:
    sets = [each for setting in SMALL for each in ("--set", setting)]
    paths = [each for pair in files.items() for each in pair]
    return ["train", "classifier", *paths, "--text-column=review", "--label-column=stars", *sets, *more]


@pytest.fixture(scope="module")
def run(files, tmp_path_factory) -> RunDirectory:
    from typer.testing import CliRunner

    from seqnlp.cli.main import app

    output = tmp_path_factory.mktemp("runs") / "run"
    arguments = [str(each) for each in options(files, "--epochs=8", "--output", output)]
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert result.exit_code == 0
    return RunDirectory(output)


def test_training_learns_and_writes_a_complete_run(run, files) -> None:
    metrics = json.loads(run.metrics.read_text(encoding="utf-8"))
    assert metrics["dev"]["accuracy"] > 0.95
    assert 0.1 <= metrics["temperature"] <= 10
    assert "A classifier made with seqnlp" in run.card.read_text(encoding="utf-8")
    assert run.curve.exists()
    assert run.confusion.exists()


@pytest.mark.parametrize("tokenizer", ["characters", "subwords"])
def test_tokens_can_be_characters_or_subwords(files, cli, tmp_path: Path, tokenizer: str) -> None:
    sets = [f"--set=text.tokenizer={tokenizer}", "--set=text.subwords=100", "--epochs=1"]
    assert cli(*options(files, *sets, "--output", tmp_path / "run")).exit_code == 0
    model = seqnlp.load(tmp_path / "run")
    found = [token.text for token in model.tokenizer.tokenize("lovely!")]
    assert "".join(found) == "lovely!"
    assert len(found) > 1
    prepared = tmp_path / "prepared"
    arguments = options(files, *sets[:2], "--output", prepared)
    assert cli("prepare", *arguments[1:]).exit_code == 0
    output = tmp_path / "again"
    small = [each for setting in SMALL for each in ("--set", setting)]
    train = ("train", "classifier", "--prepared", prepared, *small, "--epochs=1", "--output", output)
    assert cli(*train).exit_code == 0
    texts = ["a lovely film", "dull"]
    assert seqnlp.load(output).predict(texts) == model.predict(texts)


def test_predict_writes_text_and_json(run, cli, complaint) -> None:
    model = seqnlp.load(run.path)
    assert model("a lovely and witty film").label == "good"
    result = cli("predict", run.path, "a dull plot", "", "--output-format=text")
    assert result.stdout.splitlines()[0].startswith("bad ")
    (line,) = cli("predict", run.path, stdin=b"a witty film\n").stdout.splitlines()
    found = json.loads(line)
    assert list(found) == ["text", "label", "score", "scores"]
    assert (found["label"], set(found["scores"])) == ("good", {"good", "bad"})
    line = cli("predict", run.path, "--input-format=jsonl", stdin=b'{"id": 7, "text": "dull"}\n').stdout
    assert json.loads(line)["id"] == 7
    assert (
        complaint("predict", run.path, "x", "--output-format=conll")
        == "a classifier writes jsonl or text or csv or tsv, not conll"
    )
    assert complaint("predict", run.path, "--explain", "--output-format=html", stdin=b"") == (
        f"{run.model} has no attention weights, which explanations need; "
        "train with --set network.pooling=attention"
    )


def test_evaluate_reads_the_columns_of_training(run, files, cli, complaint, tmp_path: Path, caplog) -> None:
    dev = ("evaluate", run.path, "--data", files["--dev"])
    found = json.loads(cli(*dev, "--json").stdout)
    assert found["accuracy"] == json.loads(run.metrics.read_text(encoding="utf-8"))["dev"]["accuracy"]
    assert "calibration error" in cli(*dev).stdout
    assert "no column 'text'" in complaint(*dev, "--text-column=text")
    other = tmp_path / "other.csv"
    other.write_text(files["--dev"].read_text("utf-8").replace("review,stars", "body,class"), "utf-8")
    assert "no column 'review'" in complaint("evaluate", run.path, "--data", other)
    columns = ("--text-column=body", "--label-column=class")
    assert json.loads(cli("evaluate", run.path, "--data", other, *columns, "--json").stdout) == found
    (tmp_path / "a.csv").write_text("review,stars\nfine,ugly\n", encoding="utf-8")
    assert cli("evaluate", run.path, "--data", tmp_path / "a.csv").exit_code == 0
    assert "the label ugly is missing from the training data" in caplog.text


def test_a_run_is_inspected_and_exported_again(run, cli, tmp_path: Path) -> None:
    shown = json.loads(cli("inspect", run.path, "--json").stdout)
    assert shown["task"] == "classifier"
    assert (shown["format.text_column"], shown["format.label_column"]) == ("review", "stars")
    assert cli("export", run.path, "--output", tmp_path / "again.onnx").exit_code == 0
    again, first = seqnlp.load(tmp_path / "again.onnx"), seqnlp.load(run.path)
    assert again("a dull film").scores == pytest.approx(first("a dull film").scores, abs=1e-6)


def test_an_interrupted_run_is_resumed_to_the_same_result(run, files, cli, monkeypatch, tmp_path) -> None:
    interrupted = RunDirectory(tmp_path / "interrupted")
    task, epochs = get_task("classifier"), []
    score = task.dev_scores

    class InterruptedRunError(Exception):
        pass

    def score_two_epochs(*arguments):
        epochs.append(score(*arguments))
        if len(epochs) == 3:
            raise InterruptedRunError
        return epochs[-1]

    values = {"data.train": files["--train"], "data.dev": files["--dev"], "format.text_column": "review"}
    overrides = [*SMALL, "training.epochs=8", "format.label_column=stars"]
    settings = task.settings().load(None, overrides, values)
    with monkeypatch.context() as patch:
        patch.setattr(task, "dev_scores", score_two_epochs)
        with pytest.raises(InterruptedRunError):
            train_run(task, settings, interrupted, quiet=True)
    assert not interrupted.finished
    assert cli("train", "classifier", "--resume", "--output", interrupted.path).exit_code == 0
    found, expected = (json.loads(each.metrics.read_text(encoding="utf-8")) for each in (interrupted, run))
    assert found["dev"] == expected["dev"]
    assert found["temperature"] == expected["temperature"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("text,stars\nfine,good\n", "1: no column 'review'"),
        ("review,stars\nfine,good\nlong,good\n", "every training text has the label 'good'"),
        ('review,stars\n"fine,good\n', "2: unclosed quote"),
        ("review,stars\n", "contains no row"),
    ],
)
def test_bad_input_is_one_line(complaint, files, tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "a.csv").write_text(content, encoding="utf-8")
    assert message in complaint(
        *options({**files, "--train": tmp_path / "a.csv"}, "--output", tmp_path / "run")
    )
    assert not (tmp_path / "run").exists()


def test_a_corpus_of_another_task_and_another_encoding_are_errors(complaint, files, tmp_path: Path) -> None:
    assert "is a corpus for the task tagger" in complaint("train", "classifier", "--corpus", "sample/ner")
    (tmp_path / "a.csv").write_bytes(b"review,stars\ncaf\xe9,good\n")
    assert "not UTF-8" in complaint(*options({**files, "--train": tmp_path / "a.csv"}))


def test_the_default_corpus_is_the_sample(cli, tmp_path: Path) -> None:
    sets = [each for setting in SMALL for each in ("--set", setting)]
    result = cli("train", "classifier", *sets, "--epochs=1", "--output", tmp_path / "run", "--json")
    assert result.exit_code == 0
    metrics = json.loads(result.stdout)
    texts = {split: len(load_split(f"sample/reviews:{split}")) for split in ("dev", "test")}
    assert {split: metrics[split]["texts"] for split in texts} == texts
    assert set(metrics["dev"]["labels"]) == {"negative", "neutral", "positive"}
    assert "sample/reviews" in RunDirectory(tmp_path / "run").card.read_text(encoding="utf-8")


def test_folds_are_cross_validated_and_kept(files, cli, complaint, tmp_path: Path) -> None:
    more = ("--epochs=1", "--folds=3", "--output", tmp_path / "folds")
    metrics = json.loads(cli(*options(files, *more, "--json")).stdout)
    accuracies = [fold["accuracy"] for fold in metrics["folds"]]
    assert metrics["mean"]["accuracy"] == pytest.approx(np.mean(accuracies))
    assert metrics["standard_deviation"]["accuracy"] == pytest.approx(np.std(accuracies, ddof=1))
    tested = [
        sum(row["support"] for row in scores["labels"].values())
        for path in sorted((tmp_path / "folds").glob("fold-*/metrics.json"))
        for scores in [json.loads(path.read_text(encoding="utf-8"))["test"]]
    ]
    assert sum(tested) == 360
    before = (tmp_path / "folds" / "fold-2" / "model.onnx").stat().st_mtime_ns
    again = json.loads(cli(*options(files, *more, "--json")).stdout)
    assert again == metrics
    assert (tmp_path / "folds" / "fold-2" / "model.onnx").stat().st_mtime_ns == before
    assert "started with other settings" in complaint(*options(files, *more, "--seed=2"))
