"""Convert records of tagged text to examples: words and tags in one scheme."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Literal, NoReturn, TypeAlias

from seqnlp.errors import DataError
from seqnlp.records import AnnotatedText, Span, TaggedSentence
from seqnlp.text.schemes import Scheme, check_sentence, convert, detect_scheme, to_tags
from seqnlp.text.sentences import split_sentences
from seqnlp.text.tokenizers import Token, Tokenizer

if TYPE_CHECKING:
    from seqnlp.corpora import OnError

TaggedRecord: TypeAlias = TaggedSentence | AnnotatedText
"""A record of a tagger's files."""


def detect_record_scheme(records: Iterable[TaggedRecord]) -> Scheme:
    """Return the tagging scheme of records. Annotated texts have no tags; they become `bio`."""
    tags = [record.tags for record in records if isinstance(record, TaggedSentence)]
    return detect_scheme(tags) if tags else "bio"


def output_scheme(scheme: str) -> Literal["bio", "plain"]:
    """Return the scheme of examples and predictions, `bio` or `plain`, for the scheme of a file."""
    return "plain" if scheme == "plain" else "bio"


def detect_output_scheme(records: Sequence[TaggedRecord], scheme: str) -> Literal["bio", "plain"]:
    """Return the scheme of the examples that records become.

    Args:
        records: The records.
        scheme: The scheme of their tags. They may be plain even if it has spans, but not vice versa, because
            a plain tag can look like that of a span.
    """
    tagged = any(isinstance(record, TaggedSentence) for record in records)
    return "plain" if tagged and "plain" in (scheme, detect_record_scheme(records)) else "bio"


def make_examples(
    records: Iterable[TaggedRecord], scheme: str, tokenizer: Tokenizer, on_error: "OnError", repair: bool
) -> list[TaggedSentence]:
    """Convert records to examples.

    Args:
        records: Tagged sentences or annotated texts.
        scheme: The scheme of their tags, one of `seqnlp.text.schemes.SCHEMES`.
        tokenizer: Cuts annotated texts into words.
        on_error: Receives each record that cannot be used. If it returns, the record is left out.
        repair: Whether to read tags that violate the scheme like `conlleval`, instead of reporting them.

    Returns:
        Sentences with tags in the scheme that `output_scheme` returns.
    """
    target = output_scheme(scheme)
    examples: list[TaggedSentence] = []
    for record in records:
        try:
            if isinstance(record, AnnotatedText):
                examples += align(record, tokenizer)
            else:
                examples.append(_convert_tags(record, scheme, target, repair))
        except DataError as error:
            on_error(error)
    return examples


def _convert_tags(sentence: TaggedSentence, scheme: str, target: str, repair: bool) -> TaggedSentence:
    if not repair:
        check_sentence(sentence, scheme)
    tags = tuple(convert(sentence.tags, scheme, target))
    return TaggedSentence(sentence.words, tags, sentence.starts_document, sentence.origin)


def align(text: AnnotatedText, tokenizer: Tokenizer) -> list[TaggedSentence]:
    """Cut an annotated text into sentences of words with `bio` tags.

    Args:
        text: The text.
        tokenizer: Cuts it into words.

    Raises:
        DataError: A span starts or ends inside a word.

    Example:
        >>> from seqnlp.text.tokenizers import get_tokenizer
        >>> text = AnnotatedText("Ada Lovelace wrote.", (Span("PER", 0, 12),))
        >>> align(text, get_tokenizer("words"))[0].tags
        ('B-PER', 'I-PER', 'O', 'O')
    """
    tokens = tokenizer.tokenize(text.text)
    starts = {token.start: place for place, token in enumerate(tokens)}
    ends = {token.end: place + 1 for place, token in enumerate(tokens)}
    spans = []
    for span in text.spans:
        if span.start not in starts or span.end not in ends:
            _report_misaligned(text, span, tokens)
        spans.append(Span(span.label, starts[span.start], ends[span.end]))
    tags = to_tags(spans, len(tokens), "bio")
    inside = {place for span in spans for place in range(span.start + 1, span.end)}
    sentences = []
    first = 0
    for sentence in split_sentences(text.text, tokens):
        if sentence.stop in inside:
            continue  # do not cut a span, even if a sentence seems to end inside it
        words = tuple(token.text for token in tokens[first : sentence.stop])
        sentences.append(TaggedSentence(words, tuple(tags[first : sentence.stop]), origin=text.origin))
        first = sentence.stop
    return sentences


def _report_misaligned(text: AnnotatedText, span: Span, tokens: Sequence[Token]) -> NoReturn:
    nearest = next((token for token in tokens if token.start < span.end and span.start < token.end), None)
    word = "white space" if nearest is None else f"the word {nearest.text!r}"
    origin = text.origin
    raise DataError(
        f"the span {text.text[span.start : span.end]!r} ({span.start}-{span.end}) begins or ends inside "
        f"{word}; another tokenizer may fit (--set text.tokenizer=characters)",
        None if origin is None else origin.path,
        None if origin is None else origin.line,
    )
