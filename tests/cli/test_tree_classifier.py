"""Tree classifiers on the command line: trees in brackets in, labels of nodes out."""

import json
import random
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from seqnlp.cli.main import app
from seqnlp.corpora import TREES
from seqnlp.records import ParseTree, Span
from seqnlp.serving.items import Item
from seqnlp.tasks.tree_classification.predict_options import TreePredictOptions
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


def make_tree(drawn: random.Random) -> ParseTree:
    """Return a right-branching tree. Its last word decides the labels; `not` reverses them."""
    words = [drawn.choice(PLAIN) for _ in range(drawn.randint(1, 5))]
    word = drawn.choice([*GOOD, *BAD])
    words.append(word)
    label = 4 if word in GOOD else 0
    spans = [Span(str(label), len(words) - 1, len(words))]
    for place in range(len(words) - 2, -1, -1):
        if drawn.random() < 0.3:
            words[place], label = "not", 4 - label
        spans[:0] = [Span(str(label), place, len(words)), Span("2", place, place + 1)]
    return ParseTree(tuple(words), tuple(spans))


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder, drawn = tmp_path_factory.mktemp("trees"), random.Random(1)
    for name, count in (("train", 400), ("dev", 60), ("test", 60)):
        lines = [write_tree(make_tree(drawn)) for _ in range(count)]
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


def test_a_run_directory_has_the_standard_files(run: Path) -> None:
    names = {path.name for path in run.iterdir()}
    assert {"config.toml", "model.onnx", "model.keras", "metrics.json", "history.jsonl", "README.md"} <= names
    assert "binary Tree-LSTM of 16 units" in (run / "README.md").read_text(encoding="utf-8")


def test_predictions_have_a_label_and_a_score_per_node(run: Path) -> None:
    text = "(2 (2 the) (2 (2 film) (2 (2 is) (2 (2 not) (2 awful)))))"
    (line,) = invoke("predict", str(run), text).splitlines()
    found = json.loads(line)
    assert (found["label"], found["text"]) == ("4", "the film is not awful")
    assert found["tree"] == "(4 (2 the) (4 (2 film) (4 (2 is) (4 (2 not) (0 awful)))))"
    assert found["nodes"][-1] == {"label": "0", "start": 4, "end": 5, "score": found["nodes"][-1]["score"]}
    assert invoke("predict", str(run), text, "--output-format", "text").strip() == found["tree"]


def test_blank_lines_are_skipped(run: Path, tmp_path: Path) -> None:
    (tmp_path / "in.txt").write_text("\n(x (x a) (x film))\n  \n(x good)\n", encoding="utf-8")
    lines = invoke("predict", str(run), "--input", str(tmp_path / "in.txt"), "--output-format", "text")
    shapes = [re.sub(r"\(\d", "(x", line) for line in lines.splitlines()]
    assert shapes == ["(x (x a) (x film))", "(x good)"]


def test_trees_are_written_to_the_ending_of_treebanks_and_read_back(run: Path, tmp_path: Path) -> None:
    (tmp_path / "in.mrg").write_text("(x (x a)\n  (x film))\n(x -LRB-good-RRB-)\n", encoding="utf-8")
    again = tmp_path / "out.mrg"
    invoke("predict", str(run), "--input", str(tmp_path / "in.mrg"), "--output", str(again))
    assert [tree.words for tree in TREES.read(again)] == [("a", "film"), ("(good)",)]


def test_a_terminal_shows_a_drawing_of_the_tree() -> None:
    spans = (Span("S", 0, 3), Span("R", 0, 1), Span("J", 1, 3), Span("J", 2, 3))
    given = ParseTree(("not", "so", "good"), spans)
    found = LabelledTree(given, ("0", "2", "4", "4"), (0.9, 0.8, 0.7, 0.6))
    drawing = TreePredictOptions().terminal_writer()(Item("", 0), found)
    assert re.sub(r"\x1b\[[\d;]*m", "", drawing).splitlines() == [
        "0 0.900",
        "├─ 2 0.800 not",
        "└─ 4 0.700",
        "   ├─ so",
        "   └─ 4 0.600 good",
    ]


def test_a_picture_contains_words_and_probabilities(run: Path, tmp_path: Path) -> None:
    path = tmp_path / "tree.svg"
    invoke("predict", str(run), "(2 (2 the) (2 good))", "--picture", str(path))
    drawn = path.read_text(encoding="utf-8")
    assert ">good</text>" in drawn
    assert "<title>" in drawn
    complaint = invoke("predict", str(run), "--picture", str(path), "--input", "x", code=2)
    assert complaint == "error: --picture goes with one text on the command line\n"


def test_export_writes_the_same_model_again(run: Path, tmp_path: Path) -> None:
    path = tmp_path / "again.onnx"
    invoke("export", str(run), "--output", str(path))
    text = "(x (x not) (x bad))"
    assert invoke("predict", str(path), text) == invoke("predict", str(run), text)


def test_a_stream_of_trees_scores_like_evaluation_and_training(run: Path, files: dict[str, str]) -> None:
    lines = invoke("predict", str(run), "--input", files["test"]).splitlines()
    trees = Path(files["test"]).read_text(encoding="utf-8").splitlines()
    assert len(lines) == len(trees) == 60
    correct = sum(json.loads(line)["tree"][1] == tree[1] for line, tree in zip(lines, trees, strict=True))
    scores = json.loads(invoke("evaluate", str(run), "--data", files["test"], "--json"))
    assert scores["accuracy"] == pytest.approx(correct / 60)
    assert scores == json.loads((run / "metrics.json").read_text(encoding="utf-8"))["test"]
    assert "60 trees, accuracy" in invoke("evaluate", str(run), "--data", files["test"])
    assert '"tree-classifier"' in invoke("inspect", str(run), "--json")


def test_a_prepared_corpus_trains_to_the_same_scores(
    files: dict[str, str], run: Path, tmp_path: Path
) -> None:
    where = str(tmp_path / "prepared")
    printed = invoke("prepare", "tree-classifier", *options(files), "--output", where)
    assert "400" in printed
    output = str(tmp_path / "run")
    arguments = ["--prepared", where, "--output", output, "--epochs", "15", "--json", *QUICK]
    metrics = json.loads(invoke("train", "tree-classifier", *arguments))
    seconds = {"seconds": None}
    expected = json.loads((run / "metrics.json").read_text(encoding="utf-8"))
    assert metrics | seconds == expected | seconds


def test_binary_labels_are_positive_and_negative(files: dict[str, str], tmp_path: Path) -> None:
    output = str(tmp_path / "run")
    binary = ["--set", "format.binary=true", "--set", "network.cell=gru"]
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
        (
            "(2 a)\n(2 (2 b) (2 c))\n",
            "train.txt: training needs at least two labels, but all trees have the label 2",
        ),
        ("\n", "train.txt: contains no tree"),
    ],
)
def test_an_invalid_file_gets_one_line(
    files: dict[str, str], tmp_path: Path, content: str, message: str
) -> None:
    (tmp_path / "train.txt").write_text(content, encoding="utf-8")
    where = ["--train", str(tmp_path / "train.txt"), "--dev", files["dev"], "--output", str(tmp_path / "run")]
    error = invoke("train", "tree-classifier", *where, code=2)
    assert message in error
    assert len(error.strip().splitlines()) == 1
    assert not (tmp_path / "run").exists()


def test_training_needs_data() -> None:
    error = invoke("train", "tree-classifier", code=2)
    assert "the task tree-classifier has no sample corpus; give --train FILE" in error


def test_input_that_is_not_a_tree_gets_one_line(run: Path, tmp_path: Path) -> None:
    (tmp_path / "in.txt").write_text("(2 a)\na film\n", encoding="utf-8")
    error = invoke("predict", str(run), "--input", str(tmp_path / "in.txt"), code=2)
    assert "in.txt:2: not a tree" in error
    error = invoke("predict", str(run), "(2 a)", "--input-format", "conll", code=2)
    assert error == "error: a tree-classifier reads text or trees or jsonl, not conll\n"
