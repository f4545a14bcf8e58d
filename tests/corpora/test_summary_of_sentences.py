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
    summary = TaggedSummary(Problems()).count(sentences)
    assert (summary.records, summary.lengths.size, summary.documents) == (3, 6, 2)
    assert summary.tags == Counter({"O": 5, "B-X": 1})
    assert summary.spans == Counter({"X": 1})


def test_annotated_texts_are_measured_in_characters() -> None:
    text = AnnotatedText("Oslo, Bergen", (Span("LOC", 0, 4), Span("LOC", 6, 12)))
    summary = TaggedSummary(Problems()).count([text])
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


SENTENCES = [
    TaggedSentence(("a", "b"), ("B-X", "I-X"), origin=Origin("a", 1)),
    TaggedSentence(("c", "d"), ("B-X", "I-Y"), origin=Origin("b", 1)),
]


@pytest.mark.parametrize(
    ("scheme", "found", "problems"),
    [
        ("auto", "bio", ["b:2: I-Y follows B-X, which bio forbids"]),
        ("iob1", "iob1", ["a:1: B-X starts the sentence", "b:1: B-X starts the sentence"]),
    ],
)
def test_tags_are_checked_in_their_scheme(scheme: str, found: str, problems: list[str]) -> None:
    noted = Problems()
    summary = TaggedSummary(noted, scheme, strict=True).count(SENTENCES)
    assert (summary.scheme, summary.records, noted.count) == (found, 2, len(problems))
    assert all(str(error).startswith(each) for error, each in zip(noted.first, problems, strict=True))
    assert summary.warnings == []
    assert summary.counts == {
        "labels": Counter({"X": 2, "Y": 1}),
        "tags": Counter({"B-X": 2, "I-X": 1, "I-Y": 1}),
    }


def test_unusual_tags_are_one_warning() -> None:
    noted = Problems()
    summary = TaggedSummary(noted).count(SENTENCES)
    assert noted.count == 0
    assert summary.warnings == [
        "unusual tags, read as conlleval reads them, in 1 sentence "
        "(first: b:2: I-Y follows B-X, which bio forbids)"
    ]


def test_malformed_tags_are_problems() -> None:
    noted = Problems()
    wrong = TaggedSentence(("e", "f"), ("O", "PER"), origin=Origin("c", 1))
    summary = TaggedSummary(noted).count([*SENTENCES, wrong])
    assert summary.scheme == "bio"
    assert [str(error) for error in noted.first] == ["c:2: 'PER' is not a bio tag (O, B-LABEL, I-LABEL)"]


@pytest.mark.parametrize(
    ("tags", "labels"),
    [("B_X I_X O", {"X": 1}), ("X-B X-I Y-B", {"X": 1, "Y": 1}), ("B I O B", {"SPAN": 2})],
)
def test_other_forms_of_tags_are_detected(tags: str, labels: dict[str, int]) -> None:
    words = ("a", "b", "c", "d")[: len(tags.split())]
    outside = TaggedSentence(("x",), ("O",))
    noted = Problems()
    sentences = [outside, TaggedSentence(words, tuple(tags.split())), outside]
    summary = TaggedSummary(noted).count(sentences)
    assert (summary.scheme, summary.spans, noted.count, summary.warnings) == ("bio", labels, 0, [])


def test_plain_tags_that_may_be_spans_are_a_warning() -> None:
    summary = TaggedSummary(Problems()).count([TaggedSentence(("a", "b"), ("PER", "O"))])
    (warning,) = summary.warnings
    assert "'PER' are read as plain labels of words" in warning
    assert "--tag-form" in warning
    assert TaggedSummary(Problems(), "plain").count([TaggedSentence(("a",), ("O",))]).warnings == []


def test_spans_that_training_refuses_are_problems() -> None:
    noted = Problems()
    texts = [
        AnnotatedText("Anna sleeps", (Span("PER", 0, 5),), Origin("a", 1)),
        AnnotatedText("Anna sleeps", (Span("PER", 0, 7),), Origin("a", 2)),
    ]
    summary = TaggedSummary(noted).count(texts)
    assert (summary.records, noted.count) == (1, 1)
    assert "a:2: the span 'Anna sl' (0-7) ends inside the word 'sleeps'" in str(noted.first[0])
    (warning,) = summary.warnings
    assert warning.startswith("removed white space at the edges of spans in 1 text (first: a:1: ")


def test_labels_are_tags_in_the_plain_scheme() -> None:
    summary = TaggedSummary(Problems()).count([TaggedSentence(("a", "b"), ("DET", "NOUN"))])
    assert (summary.scheme, summary.counts) == ("plain", {"labels": Counter({"DET": 1, "NOUN": 1})})


def test_the_first_records_are_examples() -> None:
    sentences = [TaggedSentence((f"w{number}", "x" * 300), ("B-A", "O")) for number in range(5)]
    examples = TaggedSummary(Problems()).count(sentences).examples
    assert [each[:9] for each in examples] == ["w0/B-A xx", "w1/B-A xx", "w2/B-A xx"]
    assert {len(each) for each in examples} == {200}
