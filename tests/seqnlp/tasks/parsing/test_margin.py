"""The structured margin compared with all labelled trees."""

from collections.abc import Callable
from itertools import product

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from seqnlp.tasks.parsing.chart import span_numbers
from seqnlp.tasks.parsing.margin import find_violations
from seqnlp.trees.binary import NO_LABEL

Spans = frozenset[tuple[int, int]]

LABELS = 2


@given(st.integers(1, 4), st.integers(0, 1), st.integers(0, 2**32 - 1))
def test_no_tree_violates_the_margin_more(
    all_trees: Callable[[int], list[Spans]], length: int, padding: int, seed: int
) -> None:
    random, time = np.random.default_rng(seed), length + padding
    scores = random.normal(size=(time * (time + 1) // 2, LABELS)).astype(np.float32)
    # The gold tree: a label for the whole, and one or none for each other span of some tree.
    shapes = all_trees(length)
    shape = sorted(shapes[int(random.integers(len(shapes)))])
    gold = {span: int(random.integers(-1, LABELS)) for span in shape}
    gold[0, length] = int(random.integers(LABELS))
    gold = {span: label for span, label in gold.items() if label != NO_LABEL}

    def score(tree: dict[tuple[int, int], int]) -> float:
        return sum(float(scores[span_numbers(*span, time), label]) for span, label in tree.items())

    heights = []
    for spans in shapes:
        for labels in product(range(-1, LABELS), repeat=len(spans)):
            tree = dict(zip(sorted(spans), labels, strict=True))
            if tree[0, length] != NO_LABEL:
                wrong = sum(label != gold.get(span, NO_LABEL) for span, label in tree.items())
                kept = {span: label for span, label in tree.items() if label != NO_LABEL}
                heights.append(score(kept) + wrong)

    table = np.array([(0, *span, label) for span, label in gold.items()], np.int32)
    places = span_numbers(table[:, 1].astype(np.int64), table[:, 2].astype(np.int64), time)
    differences, signs, wrong = find_violations(
        scores.max(axis=1)[None], scores.argmax(axis=1)[None], np.array([length]), table, scores[places]
    )
    sides = {sign: differences[signs == sign] for sign in (1, -1)}
    gained, lost = (
        score({(start, end): label for _, start, end, label in sides[sign].tolist()}) for sign in (1, -1)
    )
    np.testing.assert_allclose(gained - lost + wrong, max(heights) - score(gold), atol=1e-4)
    assert {tuple(row[1:]) for row in sides[-1].tolist()} <= {(*span, label) for span, label in gold.items()}
