"""Folds of a corpus."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqnlp.corpora import fold
from seqnlp.errors import ConfigError, DataError
from seqnlp.records import LabelledText


@given(st.lists(st.sampled_from("abc"), min_size=12, max_size=60), st.integers(3, 6))
def test_every_text_is_in_the_test_split_once(labels: list[str], count: int) -> None:
    texts = [LabelledText(str(number), (label,)) for number, label in enumerate(labels)]
    try:
        corpora = [fold(texts, number, count) for number in range(1, count + 1)]
    except DataError:
        return
    assert Counter(text for corpus in corpora for text in corpus.test) == Counter(texts)
    for corpus, following in zip(corpora, corpora[1:] + corpora[:1], strict=True):
        assert corpus.dev == following.test
        parts = [*corpus.train, *corpus.dev, *corpus.test]
        assert sorted(parts, key=lambda text: int(text.text)) == texts
        for label in set(labels):
            share = sum(text.label == label for text in corpus.test)
            assert abs(share - labels.count(label) / count) < 1


def test_impossible_folds_raise() -> None:
    texts = [LabelledText("x", ("a",))] * 9
    with pytest.raises(ConfigError, match="2 folds are too few"):
        fold(texts, 1, 2)
    with pytest.raises(ConfigError, match="no fold 4 of 3"):
        fold(texts, 4, 3)
    with pytest.raises(DataError, match="too few for 10 folds"):
        fold(texts[:2], 5, 10)
