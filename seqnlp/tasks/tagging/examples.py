"""Records of a corpus as examples for the tagger: words, and tags in the scheme that the network learns."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from seqnlp.errors import DataError
from seqnlp.records import AnnotatedText, Span, TaggedSentence
from seqnlp.text.schemes import check_sentence, convert, detect_scheme, to_tags
from seqnlp.text.sentences import split_sentences
from seqnlp.text.tokenizers import Token, Tokenizer

Record = TaggedSentence | AnnotatedText
OnError = Callable[[DataError], None]


@dataclass(frozen=True, slots=True)
class Reading:
    """How the tags of a corpus are to be read.

    Attributes:
        scheme: The scheme that its files are in.
        repair: Whether a sentence that breaks the scheme is read as `conlleval` would, not refused.
        tokenizer: Cuts annotated texts into words.
    """

    scheme: str
    repair: bool
    tokenizer: Tokenizer

    @classmethod
    def of(cls, records: Sequence[Record], scheme: str, repair: bool, tokenizer: Tokenizer) -> "Reading":
        """Find out how the training records are to be read.

        Args:
            records: The training records.
            scheme: A scheme, or `auto` to detect it.
            repair: As above.
            tokenizer: As above.
        """
        if scheme == "auto":
            tagged = [record.tags for record in records if isinstance(record, TaggedSentence)]
            scheme = detect_scheme(tagged) if tagged else "bio"
        return cls(scheme, repair, tokenizer)

    @property
    def target(self) -> str:
        """The scheme that predictions and gold tags are compared in: `bio`, or `plain`."""
        return "plain" if self.scheme == "plain" else "bio"

    def examples(self, records: Iterable[Record], on_error: OnError) -> list[TaggedSentence]:
        """Read records.

        Args:
            records: Tagged sentences or annotated texts.
            on_error: Told of each record that cannot be used; if it returns, the record is left out.

        Returns:
            Sentences with tags in `target`.
        """
        examples: list[TaggedSentence] = []
        for record in records:
            try:
                examples += self._read(record)
            except DataError as error:
                on_error(error)
        return examples

    def _read(self, record: Record) -> list[TaggedSentence]:
        if isinstance(record, AnnotatedText):
            return aligned(record, self.tokenizer)
        if not self.repair:
            check_sentence(record, self.scheme)
        tags = convert(record.tags, self.scheme, self.target)
        return [TaggedSentence(record.words, tuple(tags), record.starts_document, record.origin)]


def aligned(text: AnnotatedText, tokenizer: Tokenizer) -> list[TaggedSentence]:
    """Cut an annotated text into sentences of words with `bio` tags.

    Raises:
        DataError: A span begins or ends inside a word, or reaches over the end of a sentence.
    """
    tokens = tokenizer.tokenize(text.text)
    starts = {token.start: place for place, token in enumerate(tokens)}
    ends = {token.end: place + 1 for place, token in enumerate(tokens)}
    spans = []
    for span in text.spans:
        if span.start not in starts or span.end not in ends:
            _complain(text, span, tokens)
        spans.append(Span(span.label, starts[span.start], ends[span.end]))
    tags = to_tags(spans, len(tokens), "bio")
    inside = {place for span in spans for place in range(span.start + 1, span.end)}
    sentences = []
    first = 0
    for sentence in split_sentences(text.text, tokens):
        if sentence.stop in inside:
            continue  # an end of sentence inside a span is none
        words = tuple(token.text for token in tokens[first : sentence.stop])
        sentences.append(TaggedSentence(words, tuple(tags[first : sentence.stop]), origin=text.origin))
        first = sentence.stop
    return sentences


def _complain(text: AnnotatedText, span: Span, tokens: Sequence[Token]) -> None:
    around = next((token for token in tokens if token.start < span.end and span.start < token.end), None)
    word = "white space" if around is None else f"the word {around.text!r}"
    origin = text.origin
    raise DataError(
        f"the span {text.text[span.start : span.end]!r} ({span.start}-{span.end}) begins or ends inside "
        f"{word}; another tokenizer may fit (--set text.tokenizer=characters)",
        None if origin is None else origin.path,
        None if origin is None else origin.line,
    )
