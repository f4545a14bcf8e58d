"""Trees in brackets, compared with NLTK's reader."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nltk import Tree

from seqnlp.corpora import Problems, read_trees
from seqnlp.errors import DataError
from seqnlp.records import ParseTree, Span
from seqnlp.trees.brackets import parse_tree, write_tree

WORD = st.text(st.characters(codec="utf-8", exclude_categories=("Z", "C")), min_size=1).filter(
    lambda text: not any(each in "()\\" or each.isspace() for each in text)
)
LABEL = st.text("ABN-$=1", min_size=1, max_size=3)
TREES = st.recursive(
    st.builds(lambda label, word: Tree(label, [word]), LABEL, WORD),
    lambda inner: st.builds(Tree, LABEL, st.lists(inner | WORD, min_size=1, max_size=4)),
    max_leaves=12,
)


def spans_of(tree: Tree) -> list[Span]:
    """Return the spans of all nodes from NLTK's positions of leaves."""
    found = []
    leaves = [tree.leaf_treeposition(place) for place in range(len(tree.leaves()))]
    for position in tree.treepositions():  # in pre-order
        if isinstance(tree[position], Tree):
            inside = [place for place, leaf in enumerate(leaves) if leaf[: len(position)] == position]
            found.append(Span(tree[position].label(), inside[0], inside[-1] + 1))
    return found


@given(st.lists(TREES, min_size=1, max_size=4), st.integers(10, 80))
def test_trees_printed_by_nltk_are_read(
    tmp_path_factory: pytest.TempPathFactory, trees: list[Tree], margin: int
) -> None:
    path = tmp_path_factory.mktemp("trees") / "a.mrg"
    path.write_text("\n".join(tree.pformat(margin=margin) for tree in trees) + "\n", encoding="utf-8")
    found = list(read_trees(path))
    escaped = {"-LRB-": "(", "-RRB-": ")", "-LSB-": "[", "-RSB-": "]", "-LCB-": "{", "-RCB-": "}"}
    assert [list(tree.words) for tree in found] == [
        [escaped.get(word, word) for word in tree.leaves()] for tree in trees
    ]
    assert [list(tree.spans) for tree in found] == [spans_of(tree) for tree in trees]
    again = [parse_tree([(1, write_tree(tree))]) for tree in found]
    assert [(tree.words, tree.spans) for tree in again] == [(tree.words, tree.spans) for tree in found]


@given(st.text("()a 1\n\t\\", max_size=60))
def test_any_text_gives_valid_trees_or_data_errors(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    path = tmp_path_factory.mktemp("trees") / "a.txt"
    path.write_text(text, encoding="utf-8")
    trees: list[ParseTree] = []
    with suppress(DataError):
        trees += read_trees(path, on_error=Problems())
    for tree in trees:
        assert tree.words
        assert (tree.spans[0].start, tree.spans[0].end) == (0, len(tree.words))
        assert all(0 <= span.start < span.end <= len(tree.words) and span.label for span in tree.spans)


def test_the_layout_of_the_penn_treebank_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.mrg"
    path.write_text(
        "\n( (S\n    (NP (CD 1\\/2) )\n    (-LRB- -LRB-)\n    (VP (VBZ is)) ))\n(X (Y y))\n", encoding="utf-8"
    )
    first, second = read_trees(path)
    assert first == ParseTree(
        ("1/2", "(", "is"),
        (
            Span("S", 0, 3),
            Span("NP", 0, 1),
            Span("CD", 0, 1),
            Span("-LRB-", 1, 2),
            Span("VP", 2, 3),
            Span("VBZ", 2, 3),
        ),
    )
    assert first.origin is not None
    assert first.origin.line == 2
    assert second.words == ("y",)


def test_a_very_deep_tree_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("(X " * 50_000 + "a" + ")" * 50_000 + "\n", encoding="utf-8")
    (tree,) = read_trees(path)
    assert len(tree.spans) == 50_000


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("(A a)\n(B (C c)\n  (D d)\n(E e)\n", 3, "unclosed bracket"),
        ("(A a)\n(B b\n  c) d)\n", 3, "outside all brackets"),
        ("(A a)\n(B b\n  (C ))\n", 3, "covers no word"),
        ("(A a)\n( (B b) (C c))\n", 2, "no label covers the whole tree"),
        ("(A a)\n(B\n (C c) (\n (D d)))\n", 3, "a bracket without a label"),
        ("(A a)\n\n\n(B b)\n (C c)\n", 5, "more than one tree"),
    ],
)
def test_an_error_names_the_line(tmp_path: Path, text: str, line: int, message: str) -> None:
    path = tmp_path / "a.txt"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=message) as caught:
        list(read_trees(path))
    assert f"{path}:{line}:" in str(caught.value)
    problems = Problems()
    trees = list(read_trees(path, on_error=problems))
    assert problems.count == 1
    assert trees[0].words == ("a",)


def test_a_tree_is_written_as_it_was_read() -> None:
    text = "(S (NP (D the) old (N cat)) (VP (V (V sleeps))) (. .))"
    assert write_tree(parse_tree([(1, text)])) == text


@pytest.mark.parametrize("space", ["\u00a0", "\u2028", "\u3000", "\x85"])
def test_other_white_space_is_part_of_a_word(tmp_path: Path, space: str) -> None:
    path = tmp_path / "a.mrg"
    path.write_text(f"(NP (CD 10{space}000)\t(NNS men))\n", encoding="utf-8", newline="")
    (tree,) = read_trees(path)
    assert tree.words == (f"10{space}000", "men")
    assert parse_tree([(1, write_tree(tree))]).words == tree.words


def test_bytes_that_are_not_utf8_raise(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"(A a)\n(A caf\xe9)\n")
    with pytest.raises(DataError, match="2: not UTF-8"):
        list(read_trees(path))
