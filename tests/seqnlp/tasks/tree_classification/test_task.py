"""The task: prepared trees, scores on dev, a whole run, and its evaluation."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import seqnlp
from seqnlp.data.batching import Batch
from seqnlp.errors import DataError
from seqnlp.records import ParseTree, Span
from seqnlp.settings import DataSettings
from seqnlp.tasks.corpus import prepare
from seqnlp.tasks.prepared import Prepared, load_prepared, prepared_report
from seqnlp.tasks.registry import get_task
from seqnlp.tasks.tree_classification.batches import TreeBatches
from seqnlp.tasks.tree_classification.codec import TreeCodec
from seqnlp.tasks.tree_classification.network import TreeNetwork
from seqnlp.tasks.tree_classification.settings import TreeSettings
from seqnlp.tasks.tree_classification.task import TreeClassifierTask
from seqnlp.trees.brackets import parse_tree, write_tree

TASK = TreeClassifierTask()
TRAIN = [parse_tree([(1, "(a (b x) (a (b y) (b z)))")]), parse_tree([(1, "(b y)")])]
DEV = [
    parse_tree([(1, "(b (a y) (c x))")]),
    ParseTree(("z", "q"), (Span("", 0, 2), Span("a", 1, 2))),
    parse_tree([(1, "(a x y z)")]),
]


@pytest.fixture
def prepared() -> Prepared[ParseTree, TreeCodec]:
    return prepare(TASK, TreeSettings(), {"train": TRAIN, "dev": DEV})


def label_counts(prepared: Prepared[ParseTree, TreeCodec]) -> dict[str, Any]:
    return {name: TASK.label_counts(prepared.codec, encoded) for name, encoded in prepared.encoded.items()}


def test_prepared_trees_are_written_and_read(
    prepared: Prepared[ParseTree, TreeCodec], tmp_path: Path
) -> None:
    prepared.write(tmp_path / "prepared", TASK)
    again = load_prepared(tmp_path / "prepared", TASK)
    assert again.codec == prepared.codec
    assert (again.encoding, again.source) == (prepared.encoding, prepared.source)
    assert again.held_out["dev"].examples == DEV
    for name, array in prepared.held_out["dev"].encoded.to_arrays().items():
        assert (again.held_out["dev"].encoded.to_arrays()[name] == array).all()
    counts = {"train": {"a": 2, "b": 4}, "dev": {"a": 3, "b": 1}}
    assert label_counts(again) == label_counts(prepared) == counts


def test_a_report_describes_prepared_trees(prepared: Prepared[ParseTree, TreeCodec]) -> None:
    figures = prepared_report(TASK, prepared, TreeSettings()).to_dict()
    assert (figures["labels"], figures["batches"]) == (["a", "b"], 1)
    dev = figures["splits"]["dev"]
    assert (dev["sides"][""]["records"], dev["sides"][""]["tokens"], dev["sides"][""]["max"]) == (3, 7, 3)
    assert dev["sides"][""]["unknown"] == pytest.approx(1 / 7, abs=1e-6)
    assert dev["labels"] == {"a": 3, "b": 1}


def test_labels_that_training_lacks_cause_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    prepare(TASK, TreeSettings(), {"train": TRAIN, "dev": DEV})
    messages = [record.getMessage() for record in caplog.records]
    assert messages == ["dev: the label c is missing from the training data; it counts as an error"]


def test_scores_on_dev_are_those_of_a_known_distribution(
    prepared: Prepared[ParseTree, TreeCodec],
) -> None:
    network = TreeNetwork(len(prepared.codec.words), 2, 3, 4, "lstm", dropout=0.0, seed=1)
    network.build()
    network.classes.kernel.assign(np.zeros((4, 2)))
    network.classes.bias.assign([np.log(0.75), np.log(0.25)])  # always a, with a probability of 3/4
    batches = TreeBatches(TASK.encode(prepared.codec, TRAIN), positions=8, word_dropout=0.0, seed=1)
    dev = prepared.held_out["dev"]
    plan: list[Batch] = batches.held_out(dev.encoded)
    assert sorted(tree for batch in plan for tree in batch.rows) == [0, 1, 2]
    found = TASK.dev_scores(network, prepared.codec, dev, batches)
    # Whole trees: b, none, a. Nodes with labels: b, a, c (which training lacks), a, a.
    assert found["accuracy"] == pytest.approx(1 / 2)
    assert found["node_accuracy"] == pytest.approx(3 / 5)
    assert found["loss"] == pytest.approx(-(np.log(0.25) + 3 * np.log(0.75)) / 4)


def test_fewer_than_two_labels_are_an_error() -> None:
    with pytest.raises(DataError, match="at least two labels, but all trees have the label b"):
        prepare(TASK, TreeSettings(), {"train": TRAIN[1:], "dev": DEV})
    with pytest.raises(DataError, match="at least two labels, but the trees have none"):
        prepare(TASK, TreeSettings(), {"train": [ParseTree(("y",), ())], "dev": DEV})


def test_the_error_names_the_file_with_too_few_labels(tmp_path: Path) -> None:
    path = tmp_path / "train.txt"
    path.write_text("(2 a)\n(2 (2 b) (2 c))\n", encoding="utf-8")
    settings = TreeSettings(data=DataSettings(train=path, dev=path))
    with pytest.raises(DataError, match=r"train\.txt: training needs at least two labels"):
        prepare(TASK, settings)


def test_a_value_in_memory_must_be_a_tree() -> None:
    with pytest.raises(TypeError, match=r"expected a ParseTree, not '\(b y\)'"):
        prepare(TASK, TreeSettings(), {"train": ["(b y)"]})


GOOD, BAD = ("good", "fine"), ("bad", "dull")
TINY = {
    "format.binary": True,
    "network.dimension": 8,
    "network.dropout": 0.1,
    "network.units": 8,
    "network.word_dropout": 0.0,
    "training.learning_rate": 0.05,
}


def sentiment_tree(random: np.random.Generator) -> ParseTree:
    """Return a tree of a neutral word and a word with the sentiment of the sentence."""
    good = bool(random.integers(2))
    score = int(random.integers(3, 5)) if good else int(random.integers(0, 2))
    text = f"({score} (2 film) ({score} {random.choice(GOOD if good else BAD)}))"
    return parse_tree([(1, text)])


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> seqnlp.Run:
    """A run on trees in memory with the labels positive and negative."""
    random = np.random.default_rng(1)
    trees = [sentiment_tree(random) for _ in range(200)]
    output = tmp_path_factory.mktemp("runs") / "run"
    return seqnlp.train(
        "tree-classifier",
        train=trees[:150],
        dev=trees[150:],
        settings=TINY,
        epochs=4,
        output=output,
        quiet=True,
    )


@pytest.fixture(scope="module")
def test_trees() -> list[ParseTree]:
    random = np.random.default_rng(2)
    return [sentiment_tree(random) for _ in range(1020)]  # more than one chunk


def test_a_run_learns_sentiments(run: seqnlp.Run) -> None:
    assert run.metrics["dev"]["accuracy"] > 0.9
    assert set(run.metrics["dev"]["labels"]) == {"negative", "positive"}
    assert run.metrics["dev"]["nodes"] == 100
    last = run.history[run.metrics["best_epoch"] - 1]["dev"]
    for name in ("accuracy", "node_accuracy"):
        assert run.metrics["dev"][name] == pytest.approx(last[name])
    assert (run.path / "confusion.png").exists()
    assert "Tree-GRU of 8 units" in (run.path / "README.md").read_text(encoding="utf-8")


def test_evaluation_reads_trees_like_the_training_files(
    run: seqnlp.Run, test_trees: list[ParseTree], tmp_path: Path
) -> None:
    path = tmp_path / "test.txt"
    path.write_text("".join(f"{write_tree(tree)}\n" for tree in test_trees), encoding="utf-8")
    model = seqnlp.load(run.path)
    scores = seqnlp.evaluate(model, path)
    correct = 0
    for tree, labelled in zip(test_trees, model.predict(test_trees), strict=True):
        correct += labelled.label == ("positive" if tree.spans[0].label in "34" else "negative")
    assert scores.to_dict()["accuracy"] == pytest.approx(correct / 1020)
    assert scores.to_dict()["nodes"] == 2040  # of each tree the root and one word
    assert seqnlp.evaluate(model, test_trees).to_dict() == scores.to_dict()
    assert seqnlp.evaluate(model, path, binary=False).to_dict()["node_accuracy"] == 0


def test_an_export_of_the_run_predicts_the_same(run: seqnlp.Run, tmp_path: Path) -> None:
    from seqnlp.tasks.export import export

    model = seqnlp.load(export(run.path, tmp_path / "again.onnx"))
    tree = "(x (x film) (x dull))"
    assert model(tree) == run.model(tree)
    assert json.loads(model(tree).to_json())["label"] == "negative"


def test_the_registry_returns_the_task() -> None:
    assert isinstance(get_task("tree-classifier"), TreeClassifierTask)
