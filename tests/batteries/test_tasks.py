"""Every task passes the task battery, and the battery finds what it looks for."""

import dataclasses
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

import seqnlp
from seqnlp.corpora import load
from seqnlp.tasks.registry import get_task, task_names
from seqnlp.trees.brackets import parse_tree
from tests.batteries.task import Case, check_evaluation, check_pickle, check_predictions, check_task

SMALL = {"training.buckets": 1, "training.learning_rate": 0.01}
WORDS = {**SMALL, "network.word_dimension": 8, "network.units": 8, "network.character_filters": 4}

Data = tuple[Sequence[object], Sequence[object], dict[str, Any], Sequence[object]]


def tagged() -> Data:
    corpus = load("sample/ner")
    contents = ["Ada Lovelace lived in London.", ("Oslo", "is", "far"), "", "No"]
    return corpus.train[:60], corpus.dev[:20], WORDS, contents


def classified() -> Data:
    drawn = random.Random(1)
    texts = [
        (" ".join([*drawn.choices(["a", "film", "plot"], k=4), word]), label)
        for word, label in 30 * [("lovely", "good"), ("dull", "bad")]
    ]
    return texts[:48], texts[48:], {**WORDS, "text.lower": False}, ["a lovely film", "a dull plot", ""]


def translated() -> Data:
    names = ["zero", "one", "two", "three"]
    numbers = [(first, second) for first in range(4) for second in range(4)]
    pairs = [(f"{names[first]} {names[second]}", f"{first}{second}") for first, second in numbers]
    settings = {**SMALL, "text.subwords": 0, "network.units": 8, "network.dimension": 8}
    return pairs, pairs[:8], settings, ["one two", "three", ""]


def parsed() -> Data:
    trees = load("sample/trees").dev
    settings = {**WORDS, "network.layers": 1, "network.span_units": 16, "text.max_length": 40}
    return trees[:60], trees[60:80], settings, ["Tom slept.", "Anna sang. Tom left.", ""]


def labelled_trees() -> Data:
    lines = ["(4 (2 a) (4 good))", "(0 (2 a) (0 bad))", "(0 (2 not) (4 good))", "(4 (2 not) (0 bad))"]
    trees = [parse_tree([(1, line)]) for line in lines]
    settings = {"training.learning_rate": 0.01, "network.units": 8, "network.dimension": 8}
    return 10 * trees, trees, settings, [lines[0], "(x (x good) (x (x a) (x film)))"]


DATA: dict[str, Callable[[], Data]] = {
    "tagger": tagged,
    "classifier": classified,
    "translator": translated,
    "parser": parsed,
    "tree-classifier": labelled_trees,
}


@pytest.mark.parametrize("name", DATA)
def test_a_task_keeps_its_promises(name: str, tmp_path: Path) -> None:
    check_task(name, *DATA[name](), tmp_path)


def test_files_pass_like_records_in_memory(tmp_path: Path) -> None:
    train, dev, settings, contents = classified()
    for name, rows in (("train", train), ("dev", dev)):
        lines = "".join(f"{text},{label}\n" for text, label in rows)
        (tmp_path / f"{name}.csv").write_text(f"review,label\n{lines}", encoding="utf-8")
    settings = {**settings, "format.text_column": "review"}
    check_task("classifier", tmp_path / "train.csv", tmp_path / "dev.csv", settings, contents, tmp_path)


def test_every_task_of_seqnlp_is_checked() -> None:
    assert set(DATA) == set(task_names())
