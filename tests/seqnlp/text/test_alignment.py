"""Alignment of labelled character spans with words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqnlp.errors import DataError
from seqnlp.records import AnnotatedText, Origin, Span
from seqnlp.text.alignment import align
from seqnlp.text.schemes import check_tags, to_spans
from seqnlp.text.tokenizers import NAMES, get_tokenizer

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
        (Span("PER", 0, 2), "ends inside the word 'Ada'"),
        (Span("PER", 1, 3), "begins inside the word 'Ada'"),
        (Span("PER", 0, 8), "ends inside the word 'lives'"),
        (Span("PER", 3, 8), "ends inside the word 'lives'"),
        (Span("PER", 3, 4), "covers only white space"),
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


@pytest.mark.parametrize(
    ("start", "end"), [(0, 6), (1, 6), (0, 5), (1, 5)], ids=["both edges", "end", "start", "no edge"]
)
@pytest.mark.parametrize("space", [" ", "\n", "\t", "\u00a0", "\u3000"])
def test_white_space_at_the_edges_of_a_span_is_removed(start: int, end: int, space: str) -> None:
    record = AnnotatedText(f"{space}Anna{space}sleeps", (Span("PER", start, end),), Origin("some.jsonl", 7))
    trimmed: list[DataError] = []
    (sentence,) = align(record, WORDS, trimmed.append)
    assert sentence.tags == ("B-PER", "O")
    surface = record.text[start:end]
    message = f"some.jsonl:7: the span {surface!r} ({start}-{end}) has white space at an edge"
    assert [str(error) for error in trimmed] == [message] * (surface != "Anna")


@given(content=st.text(" \n\u00a0\u200bab.'é", max_size=12), data=st.data(), name=st.sampled_from(NAMES[:4]))
def test_any_span_is_refused_or_aligned_without_a_change(content: str, data, name: str) -> None:
    start = data.draw(st.integers(0, len(content)))
    end = data.draw(st.integers(start, len(content)))
    if start == end:
        return
    record = AnnotatedText(content, (Span("X", start, end),))
    try:
        sentences = align(record, get_tokenizer(name))
    except DataError:
        return
    words = [
        word
        for sentence in sentences
        for word, tag in zip(sentence.words, sentence.tags, strict=True)
        if tag != "O"
    ]
    assert "".join(words) == "".join(content[start:end].split())
