"""Tree classifiers, from text in brackets to labels of nodes."""

import json
import random
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from seqnlp.cli.main import app
from seqnlp.cli.prediction_input import Item
from seqnlp.cli.prediction_output import writer
from seqnlp.records import ParseTree, Span
from seqnlp.tasks.tree_classification.prediction import LabelledTree
from seqnlp.trees.brackets import write_tree

GOOD, BAD, PLAIN = ("good", "fine", "lovely"), ("bad", "dull", "awful"), ("film", "plot", "it", "is", "the")
QUICK = [
    f"--set={each}"
    for each in (
        "network.cell=lstm",
        "network.units=16",
        "network.dimension=16",
        "network.dropout=0.1",
        "network.word_dropout=0",
        "training.learning_rate=0.02",
    )
]


def a_tree(chance: random.Random) -> ParseTree:
    """Right-branching; a node is what its one word that says something says, turned round by `not`."""
    words = [chance.choice(PLAIN) for _ in range(chance.randint(1, 5))]
    word = chance.choice([*GOOD, *BAD])
    words.append(word)
    said = 4 if word in GOOD else 0
    spans = [Span(str(said), len(words) - 1, len(words))]
    for place in range(len(words) - 2, -1, -1):
        if chance.random() < 0.3:
            words[place], said = "not", 4 - said
        spans[:0] = [Span(str(said), place, len(words)), Span("2", place, place + 1)]
    return ParseTree(tuple(words), tuple(spans))


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder, chance = tmp_path_factory.mktemp("trees"), random.Random(1)
    for name, count in (("train", 400), ("dev", 60), ("test", 60)):
        lines = [write_tree(a_tree(chance)) for _ in range(count)]
        (folder / f"{name}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return {name: str(folder / f"{name}.txt") for name in ("train", "dev", "test")}


def invoke(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == code, result.output
    return result.stdout if code == 0 else result.stderr


def options(files: dict[str, str]) -> list[str]:
    return [part for name, path in files.items() for part in (f"--{name}", path)]


@pytest.fixture(scope="module")
def run(files: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("runs") / "run"
    where = ["--output", str(output), "--epochs", "15", "--json", *QUICK]
    metrics = json.loads(invoke("train", "tree-classifier", *options(files), *where))
    assert metrics["test"]["accuracy"] > 0.9
    assert metrics["test"]["node_accuracy"] > 0.9
    return output


def test_a_run_leaves_what_others_do(run: Path) -> None:
    names = {path.name for path in run.iterdir()}
    assert {"config.toml", "model.onnx", "model.keras", "metrics.json", "history.jsonl", "README.md"} <= names
    assert "binary Tree-LSTM of 16 units" in (run / "README.md").read_text(encoding="utf-8")


def test_predict(run: Path) -> None:
    text = "(2 (2 the) (2 (2 film) (2 (2 is) (2 (2 not) (2 awful)))))"
    (line,) = invoke("predict", str(run), text).splitlines()
    found = json.loads(line)
    assert (found["label"], found["text"]) == ("4", "the film is not awful")
    assert found["tree"] == "(4 (2 the) (4 (2 film) (4 (2 is) (4 (2 not) (0 awful)))))"
    assert found["nodes"][-1] == {"label": "0", "start": 4, "end": 5, "score": found["nodes"][-1]["score"]}
    assert invoke("predict", str(run), text, "--output-format", "text").strip() == found["tree"]


def test_blank_lines_mean_nothing(run: Path, tmp_path: Path) -> None:
    (tmp_path / "in.txt").write_text("\n(x (x a) (x film))\n  \n(x good)\n", encoding="utf-8")
    lines = invoke("predict", str(run), "--input", str(tmp_path / "in.txt"), "--output-format", "text")
    shapes = [re.sub(r"\(\d", "(x", line) for line in lines.splitlines()]
    assert shapes == ["(x (x a) (x film))", "(x good)"]


def test_a_drawing_for_terminals() -> None:
    spans = (Span("S", 0, 3), Span("R", 0, 1), Span("J", 1, 3), Span("J", 2, 3))
    given = ParseTree(("not", "so", "good"), spans)
    found = LabelledTree(given, ("0", "2", "4", "4"), (0.9, 0.8, 0.7, 0.6))
    drawing = writer("tree-classifier", "text", colour=True)(Item(""), found)
    assert re.sub(r"\x1b\[[\d;]*m", "", drawing).splitlines() == [
        "0 0.900",
        "├─ 2 0.800 not",
        "└─ 4 0.700",
        "   ├─ so",
        "   └─ 4 0.600 good",
    ]


def test_a_picture(run: Path, tmp_path: Path) -> None:
    path = tmp_path / "tree.svg"
    invoke("predict", str(run), "(2 (2 the) (2 good))", "--picture", str(path))
    drawn = path.read_text(encoding="utf-8")
    assert ">good</text>" in drawn
    assert "<title>" in drawn
    complaint = invoke("predict", str(run), "--picture", str(path), "--input", "x", code=2)
    assert complaint == "error: --picture goes with one text on the command line\n"


def test_export_again(run: Path, tmp_path: Path) -> None:
    path = tmp_path / "again.onnx"
    invoke("export", str(run), "--output", str(path))
    text = "(x (x not) (x bad))"
    assert invoke("predict", str(path), text) == invoke("predict", str(run), text)


def test_a_stream_of_trees(run: Path, files: dict[str, str]) -> None:
    lines = invoke("predict", str(run), "--input", files["test"]).splitlines()
    trees = Path(files["test"]).read_text(encoding="utf-8").splitlines()
    assert len(lines) == len(trees) == 60
    right = sum(json.loads(line)["tree"][1] == tree[1] for line, tree in zip(lines, trees, strict=True))
    scores = json.loads(invoke("evaluate", str(run), "--data", files["test"], "--json"))
    assert scores["accuracy"] == pytest.approx(right / 60)
    assert scores == json.loads((run / "metrics.json").read_text(encoding="utf-8"))["test"]
    assert "60 trees, accuracy" in invoke("evaluate", str(run), "--data", files["test"])
    assert '"tree-classifier"' in invoke("inspect", str(run), "--json")


def test_prepared_is_as_good_as_read(files: dict[str, str], run: Path, tmp_path: Path) -> None:
    where = str(tmp_path / "prepared")
    printed = invoke("prepare", "tree-classifier", *options(files), "--output", where)
    assert "400" in printed
    output = str(tmp_path / "run")
    arguments = ["--prepared", where, "--output", output, "--epochs", "15", "--json", *QUICK]
    metrics = json.loads(invoke("train", "tree-classifier", *arguments))
    seconds = {"seconds": None}
    expected = json.loads((run / "metrics.json").read_text(encoding="utf-8"))
    assert metrics | seconds == expected | seconds


def test_positive_and_negative(files: dict[str, str], tmp_path: Path) -> None:
    output = str(tmp_path / "run")
    binary = ["--set", "data.binary=true", "--set", "network.cell=gru"]
    where = ["--output", output, "--epochs", "2", "--json", *QUICK]
    metrics = json.loads(invoke("train", "tree-classifier", *options(files), *binary, *where))
    assert set(metrics["test"]["labels"]) == {"negative", "positive"}
    assert metrics["test"]["nodes"] < 60 * 11
    scores = json.loads(invoke("evaluate", output, "--data", files["test"], "--json"))
    assert scores == metrics["test"]
    found = json.loads(invoke("predict", output, "(x (x a) (x good))"))
    assert {node["label"] for node in found["nodes"]} <= {"negative", "positive"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("(2 (2 a)\n", "train.txt:1: not a tree: unclosed bracket"),
        ("(2 a)\n(2 a)) b\n", "train.txt:2: not a tree: extra closing bracket"),
        ("(2 a)\n(2 (2 b) (2 c))\n", "training wants two labels at least, and has 2 only"),
        ("\n", "train.txt: contains no tree"),
    ],
)
def test_bad_input_is_one_line(files: dict[str, str], tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "train.txt").write_text(content, encoding="utf-8")
    where = ["--train", str(tmp_path / "train.txt"), "--dev", files["dev"], "--output", str(tmp_path / "run")]
    error = invoke("train", "tree-classifier", *where, code=2)
    assert message in error
    assert len(error.strip().splitlines()) == 1
    assert not (tmp_path / "run").exists()


def test_no_data_at_all() -> None:
    error = invoke("train", "tree-classifier", code=2)
    assert "the task tree-classifier has no sample corpus; give --train FILE" in error


def test_what_is_no_tree_to_a_model(run: Path, tmp_path: Path) -> None:
    (tmp_path / "in.txt").write_text("(2 a)\na film\n", encoding="utf-8")
    error = invoke("predict", str(run), "--input", str(tmp_path / "in.txt"), code=2)
    assert "in.txt:2: not a tree" in error
    error = invoke("predict", str(run), "(2 a)", "--input-format", "conll", code=2)
    assert "reads trees in brackets" in error
