"""Alignment of labelled character spans with words."""

from collections.abc import Callable, Sequence

from seqnlp.errors import DataError
from seqnlp.records import AnnotatedText, Origin, Span, TaggedSentence
from seqnlp.text.schemes import to_tags
from seqnlp.text.sentences import split_sentences
from seqnlp.text.tokenizers import Token, Tokenizer

TRIMMED = "removed white space at the edges of spans in"
"""The verb of a warning that counts texts whose spans were trimmed."""


def align(
    text: AnnotatedText, tokenizer: Tokenizer, on_trim: Callable[[DataError], None] = lambda error: None
) -> list[TaggedSentence]:
    """Cut an annotated text into sentences of words with `bio` tags.

    White space at the edges of a span is not part of it.

    Args:
        text: The text.
        tokenizer: Cuts it into words.
        on_trim: Receives the first span of the text that has white space at an edge, for a warning.

    Raises:
        DataError: A span starts or ends inside a word, or covers no word.

    Example:
        >>> from seqnlp.text.tokenizers import get_tokenizer
        >>> text = AnnotatedText("Ada Lovelace wrote.", (Span("PER", 0, 12),))
        >>> align(text, get_tokenizer("words"))[0].tags
        ('B-PER', 'I-PER', 'O', 'O')
    """
    tokens = tokenizer.tokenize(text.text)
    starts = {token.start: place for place, token in enumerate(tokens)}
    ends = {token.end: place + 1 for place, token in enumerate(tokens)}
    trim = _Trim(text, on_trim)
    spans = []
    for span in text.spans:
        inner = trim(span)
        if inner.start not in starts or inner.end not in ends:
            raise _error(text, span, _describe_cut(inner, tokens))
        spans.append(Span(span.label, starts[inner.start], ends[inner.end]))
    return _cut(text, tokens, spans)


def _cut(text: AnnotatedText, tokens: Sequence[Token], spans: Sequence[Span]) -> list[TaggedSentence]:
    """Cut the tokens of a text into sentences, but never inside a span."""
    tags = to_tags(spans, len(tokens), "bio")
    inside = {place for span in spans for place in range(span.start + 1, span.end)}
    origin = None if text.origin is None else Origin(text.origin.path, text.origin.line, word_lines=False)
    sentences = []
    first = 0
    for sentence in split_sentences(text.text, tokens):
        if sentence.stop not in inside:
            words = tuple(token.text for token in tokens[first : sentence.stop])
            sentences.append(TaggedSentence(words, tuple(tags[first : sentence.stop]), origin=origin))
            first = sentence.stop
    return sentences


class _Trim:
    """Remove white space at the edges of the spans of a text, and report the first such span."""

    def __init__(self, text: AnnotatedText, on_trim: Callable[[DataError], None]) -> None:
        self._text = text
        self._on_trim = on_trim
        self._reported = False

    def __call__(self, span: Span) -> Span:
        surface = self._text.text[span.start : span.end]
        left = len(surface) - len(surface.lstrip())
        if not left and surface == surface.rstrip():
            return span
        if left == len(surface):
            raise _error(self._text, span, "covers only white space")
        if not self._reported:
            self._on_trim(_error(self._text, span, "has white space at an edge"))
            self._reported = True
        return Span(span.label, span.start + left, span.start + len(surface.rstrip()))


def _describe_cut(span: Span, tokens: Sequence[Token]) -> str:
    """Name the word that a span cuts."""
    begin = next((token for token in tokens if token.start < span.start < token.end), None)
    end = next((token for token in tokens if token.start < span.end < token.end), None)
    verb, word = ("begins", begin) if begin is not None else ("ends", end)
    inside = "a separator" if word is None else f"the word {word.text!r}"
    return f"{verb} inside {inside}; another tokenizer may fit (--set text.tokenizer=characters)"


def _error(text: AnnotatedText, span: Span, problem: str) -> DataError:
    path, line = (None, None) if text.origin is None else (text.origin.path, text.origin.line)
    surface = text.text[span.start : span.end]
    return DataError(f"the span {surface!r} ({span.start}-{span.end}) {problem}", path, line)
