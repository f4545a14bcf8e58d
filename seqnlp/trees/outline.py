"""A tree as a flat list of nodes and words in preorder, for drawing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from seqnlp.records import ParseTree


@dataclass(frozen=True, slots=True)
class Entry:
    """A node or a word of a tree.

    Attributes:
        text: The label of the node, or the word.
        above: The index of the parent entry, or -1 for the root.
        start: The index of its first word.
        end: The end of its words, exclusive.
        word: Whether the entry is a word.
        score: The probability of the label, if known.
    """

    text: str
    above: int
    start: int
    end: int
    word: bool = False
    score: float | None = None


def outlined(tree: ParseTree, scores: Sequence[float] | None = None) -> list[Entry]:
    """Return the entries of a tree in preorder.

    Args:
        tree: The tree. Its first span covers all words.
        scores: The probability of each span, if known.
    """
    return list(_entries(tree, scores or [None] * len(tree.spans)))


def below(entries: Sequence[Entry]) -> list[list[int]]:
    """Return the indices of the children of each entry."""
    found: list[list[int]] = [[] for _ in entries]
    for number, entry in enumerate(entries):
        if entry.above >= 0:
            found[entry.above].append(number)
    return found


def _entries(tree: ParseTree, scores: Sequence[float | None]) -> Iterator[Entry]:
    open_nodes: list[tuple[int, int]] = []  # number and end
    number = place = 0

    def words_before(until: int) -> Iterator[Entry]:
        """Yield the words before a position, each under its innermost open node."""
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
