"""Trees to binary trees and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqnlp.records import ParseTree, Span
from seqnlp.trees.binary import BinaryTree, binarize, binarize_numbered


@st.composite
def trees(draw: st.DrawFn) -> ParseTree:
    """Draw any tree: nested spans in the order of their brackets."""
    words = tuple(draw(st.lists(st.sampled_from("abc"), min_size=1, max_size=12)))
    spans: list[Span] = []

    def grow(start: int, end: int) -> None:
        spans.extend(Span(label, start, end) for label in draw(st.lists(st.sampled_from("XYZ"), max_size=3)))
        cuts = sorted(draw(st.sets(st.integers(start + 1, end - 1), max_size=4))) if end - start > 1 else []
        for first, last in zip([start, *cuts], [*cuts, end], strict=True):
            if cuts:
                grow(first, last)

    grow(0, len(words))
    return ParseTree(words, tuple(spans))


@given(trees())
def test_any_tree_is_restored(tree: ParseTree) -> None:
    binary, numbers = binarize_numbered(tree)
    assert binary.to_tree() == tree
    bounds = binary.bounds()
    assert [bounds[number] for number in numbers] == [(span.start, span.end) for span in tree.spans]
    assert len(binary.left) == len(binary.right) == len(tree.words) - 1
    assert len(binary.chains) == 2 * len(tree.words) - 1
    for place, (left, right) in enumerate(zip(binary.left, binary.right, strict=True), len(tree.words)):
        assert max(left, right) < place
    assert binary.bounds()[-1] == (0, len(tree.words))


NODES = [("S", 0, 4), ("NP", 0, 3), ("D", 0, 1), ("N", 2, 3), ("VP", 3, 4), ("V", 3, 4)]


def test_nodes_with_many_branches_and_chains_are_binarized() -> None:
    tree = ParseTree(
        ("the", "old", "cat", "sleeps"),
        (
            Span("S", 0, 4),
            Span("NP", 0, 3),
            Span("D", 0, 1),
            Span("N", 2, 3),
            Span("VP", 3, 4),
            Span("V", 3, 4),
        ),
    )
    assert binarize(tree) == BinaryTree(
        tree.words, (1, 0, 5), (2, 4, 3), (("D",), (), ("N",), ("VP", "V"), (), ("NP",), ("S",))
    )


def test_a_very_deep_tree_is_restored() -> None:
    count = 20_000
    tree = ParseTree(("a",) * count, tuple(Span("X", place, count) for place in range(count)))
    assert binarize(tree).to_tree() == tree


@pytest.mark.parametrize("words", [("a",), ("a", "b", "c")])
def test_words_without_any_node_are_restored(words: tuple[str, ...]) -> None:
    assert binarize(ParseTree(words, ())).to_tree() == ParseTree(words, ())
