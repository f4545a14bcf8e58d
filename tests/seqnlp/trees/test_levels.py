"""The layout of batches of trees."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from seqnlp.trees.binary import BinaryTree
from seqnlp.trees.levels import BLOCK, Forest, Levels


@st.composite
def shapes(draw: st.DrawFn) -> BinaryTree:
    """Draw any binary tree: merge two neighbours until one node is left."""
    count = draw(st.integers(1, 40))
    standing, left, right = list(range(count)), [], []
    for node in range(count, 2 * count - 1):
        place = draw(st.integers(0, len(standing) - 2))
        left.append(standing[place])
        right.append(standing[place + 1])
        standing[place : place + 2] = [node]
    words = tuple(str(draw(st.integers(0, 9))) for _ in range(count))
    return BinaryTree(words, tuple(left), tuple(right), ((),) * (2 * count - 1))


def strings(tree: BinaryTree) -> list[str]:
    """Return the brackets of every node."""
    found = list(tree.words)
    for left, right in zip(tree.left, tree.right, strict=True):
        found.append(f"({found[left]} {found[right]})")
    return found


@given(st.lists(shapes(), min_size=1, max_size=6), st.data())
def test_a_block_depends_only_on_earlier_blocks(trees: list[BinaryTree], data: st.DataObject) -> None:
    forest = Forest.from_trees(trees)
    some = np.array(data.draw(st.lists(st.integers(0, len(trees) - 1), min_size=1, unique=True)))
    positions = int(forest.sizes[some].sum()) + data.draw(st.integers(0, 3))
    levels = Levels.from_forest(forest, some, positions, multiple=data.draw(st.integers(1, 4)))
    words = [word for tree in trees for word in tree.words]
    rows = [""] * len(levels.above)
    rows[: len(levels.words)] = [words[place] for place in levels.words]
    for block in range(levels.blocks):
        slots = range(block * BLOCK, (block + 1) * BLOCK)
        computed = [f"({rows[levels.left[slot]]} {rows[levels.right[slot]]})" for slot in slots]
        rows[positions + slots.start : positions + slots.stop] = computed
    expected = [node for place in some for node in strings(trees[place])]
    assert [rows[row] for row in levels.rows] == expected
    assert len(set(levels.rows)) == len(expected)

    branches = np.concatenate([levels.left, levels.right])
    held = levels.above < len(branches)
    assert (branches[levels.above[held]] == np.flatnonzero(held)).all()
    assert held.sum() == 2 * sum(len(trees[place].left) for place in some)

    values = np.arange(forest.node_starts[-1])
    scattered = levels.scatter(values, -1)
    assert (scattered[levels.rows] == levels.nodes).all()
    assert (scattered >= 0).sum() == len(levels.nodes)
    assert [len(trees[place].words) for place in some] == forest.sizes[some].tolist()


def test_heights_are_counted_from_the_words() -> None:
    chain = BinaryTree(("a", "b", "c"), (1, 0), (2, 3), ((),) * 5)
    word = BinaryTree(("a",), (), (), ((),))
    forest = Forest.from_trees([word, chain, word])
    assert forest.tree_heights.tolist() == [0, 2, 0]
    assert forest.heights.tolist() == [1, 2]
    assert Levels.from_forest(forest, np.array([0, 2]), 4).blocks == 0
