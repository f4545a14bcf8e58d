"""Every task passes the task battery, and the battery detects broken tasks."""

import json
import random
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

import seqnlp
from seqnlp import corpora
from seqnlp.records import ParseTree
from seqnlp.tasks.corpus import Data
from seqnlp.tasks.registry import get_task, task_names
from seqnlp.tasks.tree_classification.model import TreeClassifier
from seqnlp.tasks.tree_classification.prediction import LabelledTree
from seqnlp.trees.brackets import parse_tree
from tests.batteries.task import (
    Case,
    check_directory,
    check_evaluation,
    check_metrics,
    check_model,
    check_parity,
    check_pickle,
    check_predictions,
    check_scaling,
    check_task,
)

SMALL = {"training.buckets": 1, "training.learning_rate": 0.01}
WORDS = {**SMALL, "network.word_dimension": 8, "network.units": 8, "network.character_filters": 4}

Arguments = tuple[Data, Data, dict[str, Any], Sequence[Any]]
"""Training data, dev data, settings and contents."""


def make_tagged(folder: Path) -> Arguments:
    """Return sentences in memory."""
    corpus = corpora.load("sample/ner")
    contents = ["Ada Lovelace lived in London.", ("Oslo", "is", "far"), "", "No"]
    return corpus.train[:60], corpus.dev[:20], WORDS, contents


def make_classified(folder: Path) -> Arguments:
    """Return files of labelled texts with non-default column names."""
    drawn = random.Random(1)
    for name, count in (("train", 24), ("dev", 6)):
        rows = [
            f"{' '.join(drawn.choices(['a', 'film', 'plot'], k=4))} {word},{label}\n"
            for word, label in count * [("lovely", "good"), ("dull", "bad")]
        ]
        (folder / f"{name}.csv").write_text("review,label\n" + "".join(rows), encoding="utf-8")
    settings = {**WORDS, "format.text_column": "review", "text.lower": False}
    return folder / "train.csv", folder / "dev.csv", settings, ["a lovely film", "a dull plot", ""]


def make_translated(folder: Path) -> Arguments:
    """Return pairs of strings: numbers in words and in digits."""
    names = ["zero", "one", "two", "three"]
    numbers = [(first, second) for first in range(4) for second in range(4)]
    pairs = [(f"{names[first]} {names[second]}", f"{first}{second}") for first, second in numbers]
    sizes = {"network.units": 8, "network.dimension": 8, "network.decoder_layers": 1}
    return pairs, pairs[:8], {**SMALL, **sizes, "text.subwords": 0}, ["one two", "three", ""]


def make_parsed(folder: Path) -> Arguments:
    """Return trees of the sample in memory."""
    trees = corpora.load("sample/trees").dev
    settings = {**WORDS, "network.layers": 1, "network.span_units": 16, "text.max_length": 40}
    return trees[:60], trees[60:80], settings, ["Tom slept.", "Anna sang. Tom left.", ""]


def make_labelled_trees(folder: Path) -> Arguments:
    """Return trees in memory, and contents as text and as a record."""
    lines = ["(4 (2 a) (4 good))", "(0 (2 a) (0 bad))", "(0 (2 not) (4 good))", "(4 (2 not) (0 bad))"]
    trees = [parse_tree([(1, line)]) for line in lines]
    settings = {"training.learning_rate": 0.01, "network.units": 8, "network.dimension": 8}
    return 10 * trees, trees, settings, [trees[0], "(x (x good) (x (x a) (x film)))"]


def make_documents(folder: Path) -> Arguments:
    """Return a file with a document per line, and prompts."""
    drawn = random.Random(1)
    for name, count in (("train", 60), ("dev", 8)):
        lines = [" ".join(drawn.choices(["the", "cat", "sat", "on", "a", "mat"], k=8)) for _ in range(count)]
        (folder / f"{name}.txt").write_text("".join(f"{line}.\n" for line in lines), encoding="utf-8")
    settings = {
        "training.learning_rate": 0.01,
        "training.rows": 4,
        "training.window": 16,
        "network.units": 8,
        "network.dimension": 8,
        "format.document": "line",
    }
    return folder / "train.txt", folder / "dev.txt", settings, ["the cat", "", "on\nö"]


ARGUMENTS: dict[str, Callable[[Path], Arguments]] = {
    "tagger": make_tagged,
    "classifier": make_classified,
    "translator": make_translated,
    "parser": make_parsed,
    "tree-classifier": make_labelled_trees,
    "language-model": make_documents,
}


@pytest.mark.parametrize("name", task_names())
def test_a_task_keeps_its_promises(name: str, tmp_path: Path) -> None:
    check_task(name, *ARGUMENTS[name](tmp_path), tmp_path)


class ForgetsTheOrder(TreeClassifier):
    def predict(self, contents: Sequence[str | ParseTree]) -> list[LabelledTree]:
        return super().predict(contents)[::-1]


class PicklesAsAnother(ForgetsTheOrder):
    def __reduce__(self) -> Any:
        return TreeClassifier.load, (self.file.path,)


class ChangesLabels(TreeClassifier):
    def predict(self, contents: Sequence[str | ParseTree]) -> list[LabelledTree]:
        found = super().predict(contents)
        return [replace(each, labels=tuple("04"[label != "4"] for label in each.labels)) for each in found]


class AcceptsASingleText(TreeClassifier):
    def predict(self, contents: Sequence[str | ParseTree]) -> list[LabelledTree]:
        return [] if isinstance(contents, str) else super().predict(contents)


class ComparesAllPairs(TreeClassifier):
    def predict(self, contents: Sequence[str | ParseTree]) -> list[LabelledTree]:
        assert [str(one) + str(other) for one in contents for other in contents] or not contents
        return super().predict(contents)


class HasALongRepr(TreeClassifier):
    def __repr__(self) -> str:
        return "\n".join(self.codec.words.entries)


Trained = tuple[Case, seqnlp.Run]
Check = Callable[[Case, seqnlp.Run], None]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """A case and its run, for broken models."""
    folder = tmp_path_factory.mktemp("battery")
    case = Case(get_task("tree-classifier"), *make_labelled_trees(folder), folder)
    return case, case.train_into("run")


def assert_fails(check: Check, case: Case, run: seqnlp.Run) -> None:
    """Assert that a check finds a fault, and that no other error is raised."""
    with pytest.raises((AssertionError, pytest.fail.Exception)) as failure:
        check(case, run)
    assert check.__name__ in [entry.name for entry in failure.traceback]


@pytest.mark.parametrize(
    ("kind", "check"),
    [
        (ForgetsTheOrder, check_predictions),
        (PicklesAsAnother, check_pickle),
        (ChangesLabels, check_evaluation),
        (AcceptsASingleText, check_model),
        (HasALongRepr, check_model),
        (ComparesAllPairs, check_scaling),
    ],
)
def test_a_broken_model_fails(trained: Trained, kind: type[TreeClassifier], check: Check) -> None:
    case, run = trained
    check(case, run)
    broken = seqnlp.Run(run.path)
    vars(broken)["model"] = kind(run.model.file, run.model.codec)
    assert_fails(check, case, broken)


def test_a_parity_check_that_compares_nothing_fails(trained: Trained) -> None:
    case, run = trained
    with patch.object(case.task, "differences", return_value=iter(())):
        assert_fails(check_parity, case, run)


def test_a_file_that_training_leaves_behind_fails(trained: Trained) -> None:
    case, run = trained
    check_directory(case, run)
    left = run.path / "model.onnx.tmp"
    left.touch()
    try:
        assert_fails(check_directory, case, run)
    finally:
        left.unlink()


def test_scores_out_of_range_fail(trained: Trained, tmp_path: Path) -> None:
    case, run = trained
    check_metrics(case, run)
    copied = seqnlp.Run(shutil.copytree(run.path, tmp_path / "run"))
    copied.metrics["dev"]["accuracy"] = 75.0
    (copied.path / "metrics.json").write_text(json.dumps(copied.metrics), encoding="utf-8")
    assert_fails(check_metrics, case, copied)
