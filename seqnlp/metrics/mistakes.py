"""Mistakes: gold examples beside different predictions, as JSON values and as marked texts."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from seqnlp.records import Origin, ParseTree, Span
from seqnlp.trees.brackets import write_tree
from seqnlp.types import JsonObject

_MOST_WORDS = 2000
_WORD = re.compile(r"\S+")


class Mark(NamedTuple):
    """A marked range of a text.

    Attributes:
        start: Its first character.
        end: The end, exclusive.
        label: Its label, or an empty string.
        wrong: Whether the other side differs here.
    """

    start: int
    end: int
    label: str = ""
    wrong: bool = True


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a mistake: the gold annotation, or the prediction.

    Attributes:
        value: The annotation as a JSON value.
        text: A text that shows it.
        marks: The marks of the text, in order and without overlap.
    """

    value: Any
    text: str
    marks: Sequence[Mark] = ()


@dataclass(frozen=True, slots=True)
class Mistake:
    """An example whose prediction differs from the gold annotation.

    Attributes:
        text: The input.
        gold: The gold annotation.
        predicted: The prediction.
        origin: The file and the line of the example, if they are known.
        details: Further JSON values by name.
    """

    text: str
    gold: Side
    predicted: Side
    origin: Origin | None = None
    details: JsonObject = field(default_factory=dict)

    def to_dict(self) -> JsonObject:
        """Return the mistake as JSON values: `text`, `gold`, `predicted`, details, and `file` and `line`."""
        place = {} if self.origin is None else {"file": self.origin.path, "line": self.origin.line}
        return {
            "text": self.text,
            "gold": self.gold.value,
            "predicted": self.predicted.value,
            **self.details,
            **place,
        }


def label_side(value: Any, labels: Sequence[str], others: Sequence[str]) -> Side:
    """Return the side of labels for a whole text. A label is wrong if the other side does not have it.

    Args:
        value: The labels as a JSON value.
        labels: The labels.
        others: The labels of the other side.
    """
    marks, place = [], 0
    for label in labels:
        marks.append(Mark(place, place + len(label), wrong=label not in others))
        place += len(label) + len(", ")
    return Side(value, ", ".join(labels), marks)


def text_sides(gold: str, predicted: str) -> tuple[Side, Side]:
    """Return both sides of texts, with marks at the words that differ. Very long texts have no marks.

    Example:
        >>> gold, predicted = text_sides("ein Hund", "eine Katze Hund")
        >>> predicted.marks
        (Mark(start=0, end=10, label='', wrong=True),)
    """
    words = [list(_WORD.finditer(text)) for text in (gold, predicted)]
    if max(map(len, words)) > _MOST_WORDS:
        return Side(gold, gold), Side(predicted, predicted)
    matcher = SequenceMatcher(None, gold.split(), predicted.split(), autojunk=False)
    changes = [change for change in matcher.get_opcodes() if change[0] != "equal"]
    marks: list[list[Mark]] = [[], []]
    for _, *bounds in changes:
        for side, (first, last) in enumerate((bounds[:2], bounds[2:])):
            if first < last:
                marks[side].append(Mark(words[side][first].start(), words[side][last - 1].end()))
    return Side(gold, gold, tuple(marks[0])), Side(predicted, predicted, tuple(marks[1]))


def tree_side(tree: ParseTree, wrong: Counter[Span]) -> Side:
    """Return the side of a tree in brackets, with marks at the labels of wrong nodes.

    Args:
        tree: The tree.
        wrong: The number of wrong nodes with this label and these words.

    Example:
        >>> from seqnlp.trees.brackets import parse_tree
        >>> tree = parse_tree([(1, "(S (NP Birds) (VP fly))")])
        >>> tree_side(tree, Counter([Span("VP", 1, 2)])).marks
        [Mark(start=15, end=17, label='', wrong=True)]
    """
    text, rest = write_tree(tree), wrong.copy()
    marks = []
    place = -1
    for span in tree.spans:  # in the order of the brackets
        start = text.index("(", place + 1) + 1
        place = text.index(" ", start)  # labels are written without spaces
        if rest[span]:
            rest[span] -= 1
            marks.append(Mark(start, place))
    return Side(text, text, marks)
