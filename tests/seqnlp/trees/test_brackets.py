"""Writing a tree is the inverse of reading it."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from seqnlp.records import ParseTree, Span
from seqnlp.trees.brackets import BracketError, parse_tree, write_tree

PIECES = ["(", ")", "[", "}", "-LRB-", "-RSB-", "LRB-", "-LRB", "-", "\\", "/", "*", "u0020", "\\u0028", "a"]
SPACES = [" ", "\t", "\n", "\r", "\u00a0", "\u2028", "\x1c", "\u3000"]
TEXTS = st.lists(st.sampled_from(PIECES + SPACES) | st.characters(), min_size=1, max_size=6).map("".join)


@given(st.lists(TEXTS, min_size=1, max_size=4), st.lists(TEXTS, min_size=1, max_size=3))
@example(["Tree_(graph_theory)"], ["NN"])
@example(["-LRB)"], ["-LRB-"])
@example(["(RRB-", "((", "\\ ", "\\u0020", "1\\/2"], ["(S)", "a b"])
def test_any_words_and_labels_are_restored(words: list[str], labels: list[str]) -> None:
    tree = ParseTree(tuple(words), tuple(Span(label, 0, len(words)) for label in labels))
    written = write_tree(tree)
    assert len(written.splitlines()) == 1
    assert parse_tree([(1, written)]) == tree


@pytest.mark.parametrize(
    ("word", "written"),
    [
        ("https://en.wikipedia.org/wiki/Tree_(graph_theory)", "https://en.wikipedia.org/wiki/Tree_-LRB-graph_theory-RRB-"),
        ("(", "-LRB-"),
        ("[", "["),
        ("1/2", "1/2"),
        ("New York", "New\\u0020York"),
        ("-LRB-", "\\u002dLRB-"),
        ("C:\\temp", "C:\\temp"),
    ],
)  # fmt: skip
def test_words_are_escaped(word: str, written: str) -> None:
    assert write_tree(ParseTree((word,), (Span("NN", 0, 1),))) == f"(NN {written})"


@pytest.mark.parametrize(
    ("written", "word"),
    [
        ("-LSB-", "["),
        ("-RCB-", "}"),
        ("1\\/2", "1/2"),
        ("\\*", "*"),
        ("a-LRB-b", "a(b"),
        ("\\u00A0", "\u00a0"),
        ("\\up", "\\up"),
        ("-XRB-", "-XRB-"),
    ],
)
def test_escapes_of_treebanks_are_resolved(written: str, word: str) -> None:
    assert parse_tree([(1, f"(NN {written})")]).words == (word,)


def test_the_part_of_speech_of_a_bracket_is_no_escape() -> None:
    tree = parse_tree([(1, "(-LRB- -LRB-)")])
    assert (tree.words, tree.spans) == (("(",), (Span("-LRB-", 0, 1),))


@given(st.text("()- \\uLRB0ab\n"))
def test_any_text_is_a_tree_or_an_error(text: str) -> None:
    try:
        tree = parse_tree(enumerate(text.split("\n"), 1))
    except BracketError:
        return
    assert parse_tree([(1, write_tree(tree))]) == tree
