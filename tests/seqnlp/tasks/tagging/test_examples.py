"""Records as examples for the tagger."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqnlp.errors import DataError
from seqnlp.records import AnnotatedText, Origin, Span, TaggedSentence
from seqnlp.tasks.tagging.examples import Reading, aligned
from seqnlp.text.schemes import check_tags, to_spans
from seqnlp.text.tokenizers import get_tokenizer

WORDS = get_tokenizer("words")


def text(content: str, *surfaces: tuple[str, str]) -> AnnotatedText:
    """Each surface is labelled where it stands first."""
    spans = [Span(label, content.index(each), content.index(each) + len(each)) for each, label in surfaces]
    return AnnotatedText(content, tuple(sorted(spans, key=lambda span: span.start)), Origin("some.jsonl", 7))


def test_spans_are_laid_on_tokens() -> None:
    (sentence,) = aligned(text("Ada's home is New York.", ("Ada", "PER"), ("New York", "LOC")), WORDS)
    assert sentence.words == ("Ada", "'s", "home", "is", "New", "York", ".")
    assert sentence.tags == ("B-PER", "O", "O", "O", "B-LOC", "I-LOC", "O")
    assert sentence.origin == Origin("some.jsonl", 7)


def test_texts_are_cut_into_sentences_but_not_inside_spans() -> None:
    record = text("I like Yahoo! It is old. So am I.", ("Yahoo! It", "ORG"))
    assert [" ".join(sentence.words) for sentence in aligned(record, WORDS)] == [
        "I like Yahoo ! It is old .",
        "So am I .",
    ]


@pytest.mark.parametrize(
    ("span", "where"),
    [
        (Span("PER", 0, 2), "begins or ends inside the word 'Ada'"),
        (Span("PER", 1, 3), "begins or ends inside the word 'Ada'"),
        (Span("PER", 0, 8), "begins or ends inside the word 'Ada'"),
        (Span("PER", 3, 4), "begins or ends inside white space"),
        (Span("PER", 0, 4), "begins or ends inside"),
    ],
)
def test_a_span_that_fits_no_words_is_named(span: Span, where: str) -> None:
    record = AnnotatedText("Ada lives", (span,), Origin("some.jsonl", 7))
    with pytest.raises(DataError) as caught:
        aligned(record, WORDS)
    surface = "Ada lives"[span.start : span.end]
    message = f"some.jsonl:7: the span {surface!r} ({span.start}-{span.end}) "
    assert str(caught.value).startswith(message)
    assert where in str(caught.value)


def test_every_span_fits_single_characters() -> None:
    record = AnnotatedText("Ada lives", (Span("PER", 0, 2),))
    (sentence,) = aligned(record, get_tokenizer("characters"))
    assert sentence.tags[:3] == ("B-PER", "I-PER", "O")


@given(content=st.text(max_size=60), data=st.data())
def test_spans_of_words_come_back(content: str, data) -> None:
    tokens = WORDS.tokenize(content)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(tokens)), max_size=6)))
    chosen = [Span("X", *pair) for pair in zip(cuts[::2], cuts[1::2], strict=False)]
    spans = [Span("X", tokens[span.start].start, tokens[span.end - 1].end) for span in chosen]
    sentences = aligned(AnnotatedText(content, tuple(spans)), WORDS)
    assert [word for sentence in sentences for word in sentence.words] == [token.text for token in tokens]
    found, first = [], 0
    for sentence in sentences:
        assert check_tags(sentence.tags, "bio") is None
        found += [Span("X", first + s.start, first + s.end) for s in to_spans(sentence.tags, "bio")]
        first += len(sentence.words)
    assert found == chosen


def sentence(tags: str) -> TaggedSentence:
    split = tags.split()
    return TaggedSentence(tuple("abcdefgh"[: len(split)]), tuple(split), True, Origin("some.conll", 3))


@pytest.mark.parametrize(
    ("scheme", "tags", "expected"),
    [
        ("bio", "B-PER I-PER O", "B-PER I-PER O"),
        ("iob1", "I-PER I-PER B-PER", "B-PER I-PER B-PER"),
        ("iobes", "S-PER B-LOC E-LOC", "B-PER B-LOC I-LOC"),
    ],
)
@pytest.mark.parametrize("detected", [False, True])
def test_tags_are_read_in_their_scheme(scheme: str, tags: str, expected: str, detected: bool) -> None:
    record = sentence(tags)
    reading = Reading.of([record], "auto" if detected else scheme, repair=False, tokenizer=WORDS)
    assert (reading.scheme, reading.target) == (scheme, "bio")
    (example,) = reading.examples([record], pytest.fail)
    assert example == TaggedSentence(record.words, tuple(expected.split()), True)
    assert example.origin == record.origin


def test_plain_tags_stay() -> None:
    record = sentence("DT NN")
    reading = Reading.of([record], "auto", repair=False, tokenizer=WORDS)
    assert (reading.scheme, reading.target) == ("plain", "plain")
    assert reading.examples([record], pytest.fail) == [record]


def test_annotated_texts_have_spans() -> None:
    reading = Reading.of([text("Ada lives", ("Ada", "PER"))], "auto", repair=False, tokenizer=WORDS)
    assert (reading.scheme, reading.target) == ("bio", "bio")


def test_forbidden_tags_are_told_or_repaired() -> None:
    good, wrong = sentence("B-PER O"), sentence("O I-PER")
    told: list[DataError] = []
    strict = Reading("bio", False, WORDS)
    assert strict.examples([wrong, good], told.append) == [good]
    assert [str(error) for error in told] == ["some.conll:4: I-PER follows O, which bio forbids"]
    (repaired,) = Reading("bio", True, WORDS).examples([wrong], pytest.fail)
    assert repaired.tags == ("O", "B-PER")
