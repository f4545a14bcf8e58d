"""Summaries of tagged sentences and annotated texts."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Self, TypeAlias

from seqnlp.corpora.checks.lengths import Lengths
from seqnlp.corpora.checks.summary import Summary
from seqnlp.corpora.problems import Problems
from seqnlp.errors import DataError
from seqnlp.records import AnnotatedText, TaggedSentence
from seqnlp.text.schemes import OUTSIDE, SCHEMES, check_sentence, detect_scheme, to_spans
from seqnlp.types import JsonObject

TaggedRecord: TypeAlias = TaggedSentence | AnnotatedText


class TaggedSummary(Summary[TaggedRecord]):
    """Count tagged sentences or annotated texts.

    Args:
        problems: Receives an error for each sentence whose tags violate the tagging scheme.
        scheme: The tagging scheme of the sentences; `auto` detects it.

    Attributes:
        scheme: The tagging scheme; None for annotated texts.
        documents: The number of sentences that start a document.
        tags: The count of each tag.
        spans: The count of each span label.
        lengths: The number of records by length, in words (sentences) or characters (texts).
    """

    def __init__(self, problems: Problems, scheme: str = "auto") -> None:
        super().__init__()
        self.scheme: str | None = None
        self.documents = 0
        self.tags: Counter[str] = Counter()
        self.spans: Counter[str] = Counter()
        self.lengths = Lengths()
        self._problems = problems
        self._faults = {each: Problems() for each in (SCHEMES if scheme == "auto" else (scheme,))}

    def count(self, records: Iterable[TaggedRecord]) -> Self:
        """Count records, detect their tagging scheme, check their tags, and return the summary."""
        counted = self.counting(records)
        scheme = detect_scheme(record.tags for record in counted if isinstance(record, TaggedSentence))
        if self.tags:
            self.scheme = scheme if scheme in self._faults else next(iter(self._faults))
            self._problems.extend(self._faults[self.scheme])
        return self

    def add(self, record: TaggedRecord) -> None:
        """Count a record."""
        self.records += 1
        if isinstance(record, AnnotatedText):
            self.lengths[len(record.text)] += 1
            self.spans.update(span.label for span in record.spans)
            return
        self.lengths[len(record.words)] += 1
        self.documents += record.starts_document
        self.tags.update(record.tags)
        self._add_spans(record)

    def _add_spans(self, sentence: TaggedSentence) -> None:
        for scheme, problems in self._faults.items():
            try:
                check_sentence(sentence, scheme)
            except DataError as error:
                problems(error)
        try:
            # All schemes give the same spans.
            self.spans.update(span.label for span in to_spans(sentence.tags, "bio"))
        except ValueError:
            return  # plain tags, or a problem

    @staticmethod
    def show(record: TaggedRecord) -> str:
        """Return the words with their tags, or the text with its labels."""
        if isinstance(record, AnnotatedText):
            labels = ", ".join(f"{record.text[span.start : span.end]}/{span.label}" for span in record.spans)
            return f"{record.text}  ({labels})"
        words = zip(record.words, record.tags, strict=True)
        return " ".join(word if tag == OUTSIDE else f"{word}/{tag}" for word, tag in words)

    @property
    def figures(self) -> JsonObject:
        """Sizes, documents, tagging scheme and lengths as JSON values."""
        records, units = ("sentences", "tokens") if self.tags else ("texts", "characters")
        documents = {"documents": self.documents} if self.tags else {}
        return {
            records: self.records,
            units: self.lengths.size,
            **documents,
            "scheme": self.scheme,
            "lengths": self.lengths.figures(),
        }

    @property
    def counts(self) -> Mapping[str, Counter[str]]:
        """The counts of span labels and of tags. Plain tags are labels."""
        if self.scheme == "plain":
            return {"labels": self.tags}
        return {"labels": self.spans, "tags": self.tags} if self.tags else {"labels": self.spans}
