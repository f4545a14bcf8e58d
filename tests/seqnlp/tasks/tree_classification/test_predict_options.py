"""Input and output of predictions."""

import json
import re
from pathlib import Path

import pytest

from seqnlp.corpora import Problems, SentimentTreeOptions
from seqnlp.errors import DataError
from seqnlp.records import ParseTree, Span
from seqnlp.serving.items import Item
from seqnlp.tasks.tree_classification.predict_options import TreePredictOptions
from seqnlp.tasks.tree_classification.prediction import LabelledTree
from seqnlp.trees.brackets import parse_tree

OPTIONS = TreePredictOptions()
FORMATS = OPTIONS.input_formats(SentimentTreeOptions())
GIVEN = ParseTree(("not", "so", "good"), (Span("S", 0, 3), Span("R", 0, 1), Span("J", 1, 3), Span("J", 2, 3)))
LABELLED = LabelledTree(GIVEN, ("0", "2", "4", "4"), (0.9, 0.8, 0.7, 0.6))


def test_a_line_contains_one_tree_and_blank_lines_are_skipped() -> None:
    assert list(FORMATS) == ["text", "trees", "jsonl"]
    lines = enumerate(["", "(x (x a) (x film))", "  ", "(x good)"], 1)
    items = list(FORMATS["text"].read(lines, "in.txt"))
    assert [item.content for item in items] == [
        parse_tree([(1, "(x (x a) (x film))")]),
        parse_tree([(1, "(x good)")]),
    ]
    assert [(item.size, item.line) for item in items] == [(18, 2), (8, 4)]


def test_a_line_that_is_not_a_tree_is_an_error() -> None:
    with pytest.raises(DataError, match=r"in\.txt:2: not a tree"):
        list(FORMATS["text"].read(enumerate(["(2 a)", "a film"], 1), "in.txt"))


def test_trees_of_a_treebank_may_have_several_lines() -> None:
    lines = ["(x (x a)", "   (x film))", "", "(x good)"]
    items = list(FORMATS["trees"].read(enumerate(lines, 1), "in.mrg"))
    assert [(item.content.words, item.line) for item in items] == [(("a", "film"), 1), (("good",), 4)]


def test_trees_may_be_in_json_lines() -> None:
    lines = ['{"id": 7, "tree": "(x good)", "text": "good"}', '{"tree": "good"}', '{"tree": 1}']
    problems = Problems()
    (item,) = FORMATS["jsonl"].read(enumerate(lines, 1), "in.jsonl", problems)
    assert (item.content.words, item.fields) == (("good",), {"id": 7, "tree": "(x good)", "text": "good"})
    assert [error.line for error in problems.first] == [2, 3]


def test_trees_are_written_as_json_and_in_brackets() -> None:
    writers, item = OPTIONS.writers(), Item(GIVEN, 12)
    assert list(writers) == ["jsonl", "text", "trees"]
    for name in ("text", "trees"):
        assert writers[name](item, LABELLED) == "(0 (2 not) (4 so (4 good)))"
    assert json.loads(writers["jsonl"](item, LABELLED)) == LABELLED.to_dict()


def test_a_terminal_shows_a_drawing_with_probabilities() -> None:
    drawing = OPTIONS.terminal_writer()(Item(GIVEN, 12), LABELLED)
    assert "\x1b[2m 0.900\x1b[0m" in drawing
    assert re.sub(r"\x1b\[[\d;]*m", "", drawing).splitlines() == [
        "0 0.900",
        "├─ 2 0.800 not",
        "└─ 4 0.700",
        "   ├─ so",
        "   └─ 4 0.600 good",
    ]


def test_a_prediction_can_be_drawn(tmp_path: Path) -> None:
    OPTIONS.check_drawing()
    LABELLED.draw(tmp_path / "tree.svg")
    assert ">good</text>" in (tmp_path / "tree.svg").read_text(encoding="utf-8")
