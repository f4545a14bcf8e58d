"""The options of a tree classifier's predictions, and how trees are read and written."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from seqnlp.corpora import SentimentTreeOptions
from seqnlp.corpora.inputs.trees import tree_reader
from seqnlp.errors import DataError
from seqnlp.records import ParseTree
from seqnlp.serving.items import InputFormat, Item, json_reader, line_reader
from seqnlp.serving.marking import coloured
from seqnlp.serving.predict_options import PredictOptions, Writer, write_json
from seqnlp.tasks.tree_classification.model import TreeClassifier
from seqnlp.tasks.tree_classification.prediction import LabelledTree
from seqnlp.text.json_values import JSON_ENDINGS
from seqnlp.text.utf8 import Line
from seqnlp.trees.brackets import BracketError, parse_tree, write_tree
from seqnlp.trees.branches import draw_branches
from seqnlp.trees.outline import Entry


@dataclass(frozen=True, kw_only=True)
class TreePredictOptions(PredictOptions[TreeClassifier]):
    """The options of a tree classifier's predictions: only those of the base class."""

    def check_drawing(self) -> None:
        """Allow drawings of trees."""

    def input_formats(self, form: SentimentTreeOptions) -> Mapping[str, InputFormat]:
        """Return the formats of trees in brackets: one per line, as in a treebank, or in JSON lines."""
        return {
            "text": InputFormat(line_reader(_parse_line, blank=False)),
            "trees": InputFormat(tree_reader(lambda tree: tree), (".txt", ".mrg", ".ptb")),
            "jsonl": InputFormat(json_reader({"tree": _parse_value}, wanted='"tree"'), JSON_ENDINGS),
        }

    def writers(self) -> Mapping[str, Writer]:
        """Return the writers of JSON lines and of trees in brackets, which are a treebank, too."""
        return {"jsonl": write_json, "text": write_brackets, "trees": write_brackets}

    def terminal_writer(self) -> Writer:
        """Return the writer of drawings for a terminal."""
        return draw_for_terminal


def _parse_line(line: Line, name: str) -> Item:
    number, text = line
    try:
        return Item(parse_tree([line]), len(text), line=number)
    except BracketError as error:
        raise DataError(str(error), name, number) from None


def _parse_value(value: Any) -> ParseTree:
    if not isinstance(value, str):
        raise ValueError("is not a string")
    return parse_tree(enumerate(value.split("\n"), 1))


def write_brackets(item: Item, labelled: LabelledTree) -> str:
    """Write a tree in brackets, on one line."""
    return write_tree(labelled.tree)


def draw_for_terminal(item: Item, labelled: LabelledTree) -> str:
    """Draw a tree with coloured labels and their probabilities."""
    return draw_branches(labelled.tree, _name, labelled.scores)


def _name(entry: Entry) -> str:
    return coloured(entry.text, entry.text, f"{entry.score:.3f}")
