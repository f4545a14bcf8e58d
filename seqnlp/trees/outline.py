"""A tree as a list of its nodes and words, each behind what it is below: what drawings are made of."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from seqnlp.records import ParseTree


@dataclass(frozen=True, slots=True)
class Entry:
    """A node, or a word.

    Attributes:
        text: The label of the node, or the word.
        above: The number of the entry that it is below; -1 for the whole.
        start: Its first word.
        end: The word behind its last.
        word: Whether it is a word.
        score: How sure the label is, if that is known.
    """

    text: str
    above: int
    start: int
    end: int
    word: bool = False
    score: float | None = None


def outlined(tree: ParseTree, scores: Sequence[float] | None = None) -> list[Entry]:
    """Give the entries of a tree in the order in which they are read.

    Args:
        tree: The tree; its first span is over all words.
        scores: Of each span, if they are known.
    """
    return list(_entries(tree, scores or [None] * len(tree.spans)))


def below(entries: Sequence[Entry]) -> list[list[int]]:
    """The numbers of the entries that are right below each."""
    found: list[list[int]] = [[] for _ in entries]
    for number, entry in enumerate(entries):
        if entry.above >= 0:
            found[entry.above].append(number)
    return found


def _entries(tree: ParseTree, scores: Sequence[float | None]) -> Iterator[Entry]:
    open_nodes: list[tuple[int, int]] = []  # number and end
    number = place = 0

    def words_before(until: int) -> Iterator[Entry]:
        """The words up to some place, each below the innermost node that is open there."""
        nonlocal number, place
        while place < until:
            while open_nodes[-1][1] <= place:
                open_nodes.pop()
            yield Entry(tree.words[place], open_nodes[-1][0], place, place + 1, word=True)
            number += 1
            place += 1

    for span, score in zip(tree.spans, scores, strict=True):
        yield from words_before(span.start)
        while open_nodes and open_nodes[-1][1] <= span.start:
            open_nodes.pop()
        above = open_nodes[-1][0] if open_nodes else -1
        yield Entry(span.label, above, span.start, span.end, score=score)
        open_nodes.append((number, span.end))
        number += 1
    yield from words_before(len(tree.words))
