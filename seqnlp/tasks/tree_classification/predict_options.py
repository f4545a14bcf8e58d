"""The options of a tree classifier's predictions, and how trees are read and written."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from seqnlp.errors import DataError
from seqnlp.serving.items import Item, ItemReader, Line
from seqnlp.serving.marking import coloured
from seqnlp.serving.predict_options import PredictOptions, Writer, write_json
from seqnlp.tasks.tree_classification.model import TreeClassifier
from seqnlp.tasks.tree_classification.prediction import LabelledTree
from seqnlp.trees.brackets import BracketError, parse_tree, write_tree
from seqnlp.trees.branches import draw_branches
from seqnlp.trees.outline import Entry


@dataclass(frozen=True, kw_only=True)
class TreePredictOptions(PredictOptions[TreeClassifier]):
    """The options of a tree classifier's predictions: only those of the base class."""

    def check_drawing(self) -> None:
        """Allow drawings of trees."""

    def readers(self) -> Mapping[str, ItemReader]:
        """Return the reader of trees in brackets, one per line."""
        return {"text": read_bracketed_trees}

    def writers(self) -> Mapping[str, Writer]:
        """Return the writers of JSON lines and of trees in brackets."""
        return {"jsonl": write_json, "text": write_brackets}

    def terminal_writer(self) -> Writer:
        """Return the writer of drawings for a terminal."""
        return draw_for_terminal


def read_bracketed_trees(lines: Iterable[Line], name: str) -> Iterator[Item]:
    """Read one tree in brackets per line. Blank lines are skipped."""
    for number, line in lines:
        if not line.strip():
            continue
        try:
            tree = parse_tree([(number, line)])
        except BracketError as error:
            raise DataError(str(error), name, number) from None
        yield Item(tree, sum(map(len, tree.words)) + len(tree.words))


def write_brackets(item: Item, labelled: LabelledTree) -> str:
    """Write a tree in brackets, on one line."""
    return write_tree(labelled.tree)


def draw_for_terminal(item: Item, labelled: LabelledTree) -> str:
    """Draw a tree with coloured labels and their probabilities."""
    return draw_branches(labelled.tree, _name, labelled.scores)


def _name(entry: Entry) -> str:
    return coloured(entry.text, entry.text, f"{entry.score:.3f}")
