"""Conversion of records to examples of a tagger."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqnlp.errors import DataError
from seqnlp.records import AnnotatedText, Origin, Span, TaggedSentence
from seqnlp.tasks.tagging.examples import align, detect_output_scheme, detect_record_scheme, make_examples
from seqnlp.text.schemes import check_tags, to_spans
from seqnlp.text.tokenizers import get_tokenizer

WORDS = get_tokenizer("words")


def text(content: str, *surfaces: tuple[str, str]) -> AnnotatedText:
    """An annotated text; each surface is labelled at its first place."""
    spans = [Span(label, content.index(each), content.index(each) + len(each)) for each, label in surfaces]
    return AnnotatedText(content, tuple(sorted(spans, key=lambda span: span.start)), Origin("some.jsonl", 7))


def test_spans_become_tags_of_tokens() -> None:
    (sentence,) = align(text("Ada's home is New York.", ("Ada", "PER"), ("New York", "LOC")), WORDS)
    assert sentence.words == ("Ada", "'s", "home", "is", "New", "York", ".")
    assert sentence.tags == ("B-PER", "O", "O", "O", "B-LOC", "I-LOC", "O")
    assert sentence.origin == Origin("some.jsonl", 7)


def test_texts_are_cut_into_sentences_but_not_inside_spans() -> None:
    record = text("I like Yahoo! It is old. So am I.", ("Yahoo! It", "ORG"))
    assert [" ".join(sentence.words) for sentence in align(record, WORDS)] == [
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
def test_a_span_that_is_not_aligned_with_words_is_an_error(span: Span, where: str) -> None:
    record = AnnotatedText("Ada lives", (span,), Origin("some.jsonl", 7))
    with pytest.raises(DataError) as caught:
        align(record, WORDS)
    surface = "Ada lives"[span.start : span.end]
    message = f"some.jsonl:7: the span {surface!r} ({span.start}-{span.end}) "
    assert str(caught.value).startswith(message)
    assert where in str(caught.value)


def test_every_span_is_aligned_with_characters() -> None:
    record = AnnotatedText("Ada lives", (Span("PER", 0, 2),))
    (sentence,) = align(record, get_tokenizer("characters"))
    assert sentence.tags[:3] == ("B-PER", "I-PER", "O")


@given(content=st.text(max_size=60), data=st.data())
def test_spans_of_words_can_be_restored_from_tags(content: str, data) -> None:
    tokens = WORDS.tokenize(content)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(tokens)), max_size=6)))
    chosen = [Span("X", *pair) for pair in zip(cuts[::2], cuts[1::2], strict=False)]
    spans = [Span("X", tokens[span.start].start, tokens[span.end - 1].end) for span in chosen]
    sentences = align(AnnotatedText(content, tuple(spans)), WORDS)
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
def test_tags_are_converted_from_their_scheme(scheme: str, tags: str, expected: str) -> None:
    record = sentence(tags)
    assert detect_record_scheme([record]) == scheme
    assert detect_output_scheme([record], scheme) == "bio"
    (example,) = make_examples([record], scheme, WORDS, pytest.fail, repair=False)
    assert example == TaggedSentence(record.words, tuple(expected.split()), True)
    assert example.origin == record.origin


def test_plain_tags_are_not_converted() -> None:
    record = sentence("DT NN")
    assert detect_record_scheme([record]) == detect_output_scheme([record], "bio") == "plain"
    assert make_examples([record], "plain", WORDS, pytest.fail, repair=False) == [record]


def test_plain_tags_can_look_like_those_of_spans() -> None:
    record = sentence("B-x I-x")
    assert detect_output_scheme([record], "bio") == "bio"
    assert detect_output_scheme([record], "plain") == "plain"


def test_annotated_texts_have_spans() -> None:
    record = text("Ada lives", ("Ada", "PER"))
    assert detect_record_scheme([record]) == "bio"
    assert detect_output_scheme([record], "plain") == "bio"


def test_invalid_tags_are_reported_or_repaired() -> None:
    good, wrong = sentence("B-PER O"), sentence("O I-PER")
    problems: list[DataError] = []
    assert make_examples([wrong, good], "bio", WORDS, problems.append, repair=False) == [good]
    assert [str(error) for error in problems] == ["some.conll:4: I-PER follows O, which bio forbids"]
    (repaired,) = make_examples([wrong], "bio", WORDS, pytest.fail, repair=True)
    assert repaired.tags == ("O", "B-PER")
