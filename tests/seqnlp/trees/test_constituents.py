"""Trees to constituents and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqnlp.records import ParseTree, Span
from seqnlp.trees.brackets import parse_tree, write_tree
from seqnlp.trees.constituents import Constituents, NoPartOfSpeechError, simplify_tree

TREE = (
    "(S (NP-SBJ-1 (DT The) (NN cat)) "
    "(VP (VBZ wants) (S (NP-SBJ (-NONE- *-1)) (VP (TO to) (VB sleep)))) (. .))"
)


def read(text: str) -> ParseTree:
    return parse_tree([(1, text)])


def test_traces_and_functions_are_removed() -> None:
    expected = "(S (NP (DT The) (NN cat)) (VP (VBZ wants) (S (VP (TO to) (VB sleep)))) (. .))"
    assert write_tree(simplify_tree(read(TREE))) == expected


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("NP-SBJ-1", "NP"),
        ("NP=2", "NP"),
        ("ADVP|PRT", "ADVP"),
        ("-LRB-", "-LRB-"),
        ("PRP$", "PRP$"),
        ("=", "="),
    ],
)
def test_functions_are_removed_from_labels(label: str, expected: str) -> None:
    assert write_tree(simplify_tree(read(f"(S ({label} x))"))) == f"(S ({expected} x))"


def test_a_tree_of_traces_only_becomes_none() -> None:
    assert simplify_tree(read("(S (NP (-NONE- *)))")) is None


def test_a_tree_is_split_into_tags_and_constituents() -> None:
    found = Constituents.from_tree(simplify_tree(read(TREE)))
    assert found.words == ("The", "cat", "wants", "to", "sleep", ".")
    assert found.tags == ("DT", "NN", "VBZ", "TO", "VB", ".")
    assert found.chains == {(0, 6): ("S",), (0, 2): ("NP",), (2, 5): ("VP",), (3, 5): ("S", "VP")}


def test_a_constituent_may_cover_one_word() -> None:
    found = Constituents.from_tree(read("(S (NP (NN Fire)))"))
    assert (found.tags, found.chains) == (("NN",), {(0, 1): ("S", "NP")})


def test_every_word_needs_a_part_of_speech() -> None:
    with pytest.raises(NoPartOfSpeechError, match="the word 'cat' has no part of speech"):
        Constituents.from_tree(read("(NP (DT the) cat)"))


@st.composite
def trees(draw: st.DrawFn) -> ParseTree:
    """Draw any tree with parts of speech."""
    labels = st.sampled_from(["S", "NP", "VP"])

    def spans(start: int, end: int) -> list[Span]:
        found = [Span(label, start, end) for label in draw(st.lists(labels, max_size=2))]
        if end == start + 1:
            return [*found, Span("NN", start, end)]
        middle = draw(st.integers(start + 1, end - 1))
        return [*found, *spans(start, middle), *spans(middle, end)]

    count = draw(st.integers(1, 8))
    return ParseTree(("word",) * count, (Span("TOP", 0, count), *spans(0, count)))


@given(trees())
def test_real_and_random_trees_are_restored(tree: ParseTree) -> None:
    assert Constituents.from_tree(tree).to_tree() == tree
