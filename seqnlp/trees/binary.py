"""Trees of two branches, made of any tree and undone exactly."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from seqnlp.records import ParseTree, Span

Chain: TypeAlias = tuple[str, ...]
"""The labels of nodes over the same words, the upper first; empty where there is no node."""


@dataclass(frozen=True, slots=True)
class BinaryTree:
    """A tree whose nodes are words or have two branches.

    Node `i` below `n`, the number of words, is word `i`; node `n + i` has the branches `left[i]` and
    `right[i]`, which are both below it. The last node is the root.

    Attributes:
        words: The words.
        left: The left branch of each node that has branches; one fewer than there are words.
        right: The right branch of each.
        chains: What each node is called, words included.
    """

    words: tuple[str, ...]
    left: tuple[int, ...]
    right: tuple[int, ...]
    chains: tuple[Chain, ...]

    def bounds(self) -> list[tuple[int, int]]:
        """The first word of each node, and the word behind its last."""
        found = [(place, place + 1) for place in range(len(self.words))]
        for left, right in zip(self.left, self.right, strict=True):
            found.append((found[left][0], found[right][1]))
        return found

    def preorder(self) -> list[int]:
        """All nodes in the order in which their brackets open."""
        found: list[int] = []
        waiting = [len(self.chains) - 1]
        while waiting:
            node = waiting.pop()
            found.append(node)
            if node >= len(self.words):
                waiting += [self.right[node - len(self.words)], self.left[node - len(self.words)]]
        return found

    def restored(self) -> ParseTree:
        """The tree that this one was made of."""
        bounds = self.bounds()
        spans = (Span(label, *bounds[node]) for node in self.preorder() for label in self.chains[node])
        return ParseTree(self.words, tuple(spans))


def binarised(tree: ParseTree) -> BinaryTree:
    """Make a binary tree of any tree.

    Nodes over the same words become one, called by all of their labels. A node of more than two branches
    takes its first to the left and the others, under a node without a label, to the right; so does the
    sentence where no node covers it.
    """
    return numbered(tree)[0]


def numbered(tree: ParseTree) -> tuple[BinaryTree, list[int]]:
    """Make a binary tree, as `binarised` does; behind it which of its nodes each span of the tree became."""
    count = len(tree.words)
    chains: list[Chain] = [()] * count
    left: list[int] = []
    right: list[int] = []
    ends, tops = list(range(1, count + 1)), list(range(count))  # of the highest node that begins here
    numbers = []

    def cover(start: int, end: int) -> int:
        """The node over some words, made of what stands there where there is none yet."""
        branches = []
        place = start
        while place < end:
            branches.append(tops[place])
            place = ends[place]
        node = branches.pop()
        for branch in reversed(branches):
            left.append(branch)
            right.append(node)
            chains.append(())
            node = count + len(left) - 1
        ends[start], tops[start] = end, node
        return node

    for label, start, end in reversed(tree.spans):
        node, place = tops[start], ends[start]
        if place < end and ends[place] == end:  # two branches, as most have
            left.append(node)
            right.append(tops[place])
            chains.append((label,))
            node = count + len(left) - 1
            ends[start], tops[start] = end, node
        else:
            node = node if place == end else cover(start, end)
            chains[node] = (label, *chains[node])
        numbers.append(node)
    if ends[0] < count:
        cover(0, count)
    numbers.reverse()
    return BinaryTree(tree.words, tuple(left), tuple(right), tuple(chains)), numbers


def chained(spans: Sequence[Span]) -> list[tuple[tuple[int, int], Chain]]:
    """The bounds of the nodes of a tree, and all labels of each."""
    found: list[tuple[tuple[int, int], Chain]] = []
    for span in spans:
        bounds = span.start, span.end
        if found and found[-1][0] == bounds:
            found[-1] = bounds, (*found[-1][1], span.label)
        else:
            found.append((bounds, (span.label,)))
    return found
