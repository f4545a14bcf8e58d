"""Lossless conversion of trees to binary trees."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import TypeAlias

from seqnlp.records import ParseTree, Span

NO_LABEL = -1
"""The label id of a node without a label."""
Chain: TypeAlias = tuple[str, ...]
"""The labels of nodes over the same words, from top to bottom. Empty for a node that binarisation added."""


@dataclass(frozen=True, slots=True)
class BinaryTree:
    """A tree in which every node is a word or has two branches.

    With `n` words, node `i < n` is word `i`. Node `n + i` has the branches `left[i]` and `right[i]`, both
    with smaller numbers than the node itself. The last node is the root.

    Attributes:
        words: The words.
        left: The left branch of each inner node. There are `n - 1` inner nodes.
        right: The right branch of each inner node.
        chains: The labels of each node, including words.
    """

    words: tuple[str, ...]
    left: tuple[int, ...]
    right: tuple[int, ...]
    chains: tuple[Chain, ...]

    def bounds(self) -> list[tuple[int, int]]:
        """Return the first word and the end (exclusive) of each node."""
        found = [(place, place + 1) for place in range(len(self.words))]
        for left, right in zip(self.left, self.right, strict=True):
            found.append((found[left][0], found[right][1]))
        return found

    def preorder(self) -> list[int]:
        """Return the numbers of all nodes in preorder."""
        found: list[int] = []
        stack = [len(self.chains) - 1]
        while stack:
            node = stack.pop()
            found.append(node)
            if node >= len(self.words):
                stack += [self.right[node - len(self.words)], self.left[node - len(self.words)]]
        return found

    def to_tree(self) -> ParseTree:
        """Return the original tree."""
        bounds = self.bounds()
        spans = (Span(label, *bounds[node]) for node in self.preorder() for label in self.chains[node])
        return ParseTree(self.words, tuple(spans))


def binarize(tree: ParseTree) -> BinaryTree:
    """Convert a tree to a binary tree.

    Nodes over the same words become one node with all their labels. A node with more than two branches keeps
    its first branch on the left. The other branches go under a node without a label on the right. A sentence
    that no node covers is treated in the same way.

    Args:
        tree: Any tree.

    Returns:
        The binary tree. Its `to_tree` method returns the original tree.

    Example:
        >>> tree = ParseTree(("a", "b", "c"), (Span("S", 0, 3),))
        >>> binarize(tree).to_tree() == tree
        True
    """
    return binarize_numbered(tree)[0]


def binarize_numbered(tree: ParseTree) -> tuple[BinaryTree, list[int]]:
    """Return the result of `binarize`, and the node number of each span of the original tree."""
    count = len(tree.words)
    chains: list[Chain] = [()] * count
    several: dict[int, list[str]] = {}  # the labels of nodes with more than one, from bottom to top
    left: list[int] = []
    right: list[int] = []
    ends, tops = list(range(1, count + 1)), list(range(count))  # of the highest node that starts at each word
    numbers = []

    def cover(start: int, end: int) -> int:
        """Return the node that covers the given words, and add nodes if there is none yet."""
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
        if place < end and ends[place] == end:  # fast path: two branches, the most frequent case
            left.append(node)
            right.append(tops[place])
            chains.append((label,))
            node = count + len(left) - 1
            ends[start], tops[start] = end, node
        else:
            node = node if place == end else cover(start, end)
            if chains[node]:
                several.setdefault(node, [*chains[node]]).append(label)
            else:
                chains[node] = (label,)
        numbers.append(node)
    if ends[0] < count:
        cover(0, count)
    numbers.reverse()
    for node, labels in several.items():
        chains[node] = tuple(reversed(labels))
    return BinaryTree(tree.words, tuple(left), tuple(right), tuple(chains)), numbers


def merge_chains(spans: Iterable[Span]) -> list[tuple[tuple[int, int], Chain]]:
    """Merge consecutive spans over the same words: return the bounds and all labels of each node.

    Example:
        >>> merge_chains([Span("S", 0, 2), Span("VP", 0, 2), Span("V", 0, 1)])
        [((0, 2), ('S', 'VP')), ((0, 1), ('V',))]
    """
    groups = groupby(spans, key=lambda span: (span.start, span.end))
    return [(bounds, tuple(span.label for span in group)) for bounds, group in groups]
