from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqnlp.corpora import Problems
from seqnlp.corpora.checks.lengths import Lengths
from seqnlp.corpora.checks.tagged import TaggedSummary
from seqnlp.records import AnnotatedText, Origin, Span, TaggedSentence


def test_sentences_are_counted_as_they_pass() -> None:
    sentences = [
        TaggedSentence(("a", "b"), ("O", "B-X"), starts_document=True),
        TaggedSentence(("c",), ("O",)),
        TaggedSentence(("d", "e", "f"), ("O", "O", "O"), starts_document=True),
    ]
    summary = TaggedSummary(Problems())
    assert list(summary.counting(sentences)) == sentences
    assert (summary.records, summary.lengths.size, summary.documents) == (3, 6, 2)
    assert summary.tags == Counter({"O": 5, "B-X": 1})
    assert summary.spans == Counter({"X": 1})


def test_annotated_texts_are_measured_in_characters() -> None:
    summary = TaggedSummary(Problems())
    summary.add(AnnotatedText("Oslo, Bergen", (Span("LOC", 0, 4), Span("LOC", 6, 12))))
    assert (summary.records, summary.lengths.size, summary.documents) == (1, 12, 0)
    assert (summary.spans, summary.tags) == (Counter({"LOC": 2}), Counter())
    assert summary.figures.keys() == {"texts", "characters", "scheme", "lengths"}


@given(lengths=st.lists(st.integers(1, 30), min_size=1), share=st.floats(0, 1))
def test_quantiles_agree_with_numpy(lengths: list[int], share: float) -> None:
    summary = TaggedSummary(Problems())
    for length in lengths:
        summary.add(TaggedSentence(("a",) * length, ("O",) * length))
    assert summary.lengths.quantile(share) == np.quantile(lengths, share, method="inverted_cdf")


def test_quantiles_need_a_record() -> None:
    with pytest.raises(ValueError, match="no record"):
        Lengths().quantile(0.5)


@pytest.mark.parametrize(
    ("scheme", "found", "problems"),
    [
        ("auto", "bio", ["b:2: I-Y follows B-X, which bio forbids"]),
        (
            "iob1",
            "iob1",
            ["a:1: B-X starts the sentence", "b:1: B-X starts the sentence"],
        ),
    ],
)
def test_tags_are_checked_in_their_scheme(scheme: str, found: str, problems: list[str]) -> None:
    sentences = [
        TaggedSentence(("a", "b"), ("B-X", "I-X"), origin=Origin("a", 1)),
        TaggedSentence(("c", "d"), ("B-X", "I-Y"), origin=Origin("b", 1)),
    ]
    noted = Problems()
    summary = TaggedSummary(noted, scheme).count(sentences)
    assert (summary.scheme, summary.records, noted.count) == (found, 2, len(problems))
    assert all(str(error).startswith(each) for error, each in zip(noted.first, problems, strict=True))
    assert summary.counts == {
        "labels": Counter({"X": 2, "Y": 1}),
        "tags": Counter({"B-X": 2, "I-X": 1, "I-Y": 1}),
    }


def test_labels_are_tags_in_the_plain_scheme() -> None:
    summary = TaggedSummary(Problems()).count([TaggedSentence(("a", "b"), ("DET", "NOUN"))])
    assert (summary.scheme, summary.counts) == ("plain", {"labels": Counter({"DET": 1, "NOUN": 1})})


def test_the_first_records_are_examples() -> None:
    sentences = [TaggedSentence((f"w{number}", "x" * 300), ("B-A", "O")) for number in range(5)]
    examples = TaggedSummary(Problems()).count(sentences).examples
    assert [each[:9] for each in examples] == ["w0/B-A xx", "w1/B-A xx", "w2/B-A xx"]
    assert {len(each) for each in examples} == {200}
