from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqnlp.corpora import Summary
from seqnlp.corpora.checks.lengths import Lengths
from seqnlp.records import AnnotatedText, Span, TaggedSentence


def test_sentences_are_counted_on_their_way() -> None:
    sentences = [
        TaggedSentence(("a", "b"), ("O", "B-X"), starts_document=True),
        TaggedSentence(("c",), ("O",)),
        TaggedSentence(("d", "e", "f"), ("O", "O", "O"), starts_document=True),
    ]
    summary = Summary()
    assert list(summary.counting(sentences)) == sentences
    assert (summary.records, summary.lengths.size, summary.documents, summary.of_sentences) == (3, 6, 2, True)
    assert summary.labels == Counter({"O": 5, "B-X": 1})


def test_annotated_texts_are_measured_in_characters() -> None:
    summary = Summary()
    summary.add(AnnotatedText("Oslo, Bergen", (Span("LOC", 0, 4), Span("LOC", 6, 12))))
    assert (summary.records, summary.lengths.size, summary.of_sentences) == (1, 12, False)
    assert summary.labels == Counter({"LOC": 2})


@given(lengths=st.lists(st.integers(1, 30), min_size=1), share=st.floats(0, 1))
def test_quantiles_agree_with_numpy(lengths: list[int], share: float) -> None:
    summary = Summary()
    for length in lengths:
        summary.add(TaggedSentence(("a",) * length, ("O",) * length))
    assert summary.lengths.quantile(share) == np.quantile(lengths, share, method="inverted_cdf")


def test_nothing_has_no_quantile() -> None:
    with pytest.raises(ValueError, match="nothing"):
        Lengths().quantile(0.5)
