"""The layout of trees for the graph: its size and time are linear in the number of nodes."""

from collections.abc import Callable
from time import process_time

import numpy as np
import pytest

from seqnlp.records import ParseTree, Span
from seqnlp.trees.binary import binarize, merge_chains
from seqnlp.trees.frontier import Frontier
from seqnlp.trees.levels import Forest


def chain_of_pairs(count: int) -> ParseTree:
    """Return ((((a b) (a b)) (a b)) ...): many nodes whose parent is far above words."""
    pairs = [Span("P", 2 * number, 2 * number + 2) for number in range(count)]
    tops = [Span("T", 0, 2 * number) for number in range(count, 1, -1)]
    return ParseTree(("a", "b") * count, (*tops, *pairs))


def comb(count: int) -> ParseTree:
    return ParseTree(("a",) * count, tuple(Span("T", number, count) for number in range(count)))


def lay_out(trees: list[ParseTree]) -> Frontier:
    return Frontier.from_forest(Forest.from_trees(list(map(binarize, trees))), np.arange(len(trees)))


@pytest.mark.parametrize("shape", [chain_of_pairs, comb])
def test_the_frontier_of_a_chain_is_linear(shape: Callable[[int], ParseTree]) -> None:
    for count in (250, 500, 1000):
        frontier = lay_out([shape(count), shape(3)])
        inner = len(frontier.left)
        assert len(frontier.used) < inner
        assert len(frontier.kept) == 0


def test_short_trees_do_not_wait_for_long_ones() -> None:
    frontier = lay_out([comb(500), *[comb(3)] * 500])
    assert len(frontier.kept) == 0
    assert len(frontier.bounds) == 500


def test_the_time_for_nested_nodes_over_one_word_is_linear() -> None:
    def seconds(count: int) -> float:
        tree = ParseTree(("a",), (Span("X", 0, 1),) * count)
        start = process_time()
        binarize(tree)
        merge_chains(tree.spans)
        return process_time() - start

    seconds(1000)
    assert min(seconds(80_000) for _ in range(3)) < 10 * min(seconds(20_000) for _ in range(3)) + 0.01
