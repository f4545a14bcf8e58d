"""What a corpus holds, counted in one pass and in constant memory."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TypeAlias, TypeVar

from seqnlp.corpora.checks.lengths import Lengths
from seqnlp.records import AnnotatedText, LabelledText, TaggedSentence

Record: TypeAlias = TaggedSentence | AnnotatedText | LabelledText
Kind = TypeVar("Kind", bound=Record)


class Summary:
    """Counts records as they pass by.

    Attributes:
        records: How many there were.
        of_sentences: Whether they are sentences, not texts.
        documents: How many of them begin a document.
        labels: How often each tag (of sentences) or label (of texts) was seen.
        lengths: How many records have each length, in words (sentences) or characters (texts).
    """

    def __init__(self) -> None:
        self.records = 0
        self.of_sentences = True
        self.documents = 0
        self.labels: Counter[str] = Counter()
        self.lengths = Lengths()

    def add(self, record: Record) -> None:
        """Count a record."""
        self.records += 1
        if isinstance(record, TaggedSentence):
            self.documents += record.starts_document
            self.labels.update(record.tags)
            self.lengths[len(record.words)] += 1
        else:
            self.of_sentences = False
            self.labels.update(
                [span.label for span in record.spans] if isinstance(record, AnnotatedText) else record.labels
            )
            self.lengths[len(record.text)] += 1

    def counting(self, records: Iterable[Kind]) -> Iterator[Kind]:
        """Count records on their way to somebody else."""
        for record in records:
            self.add(record)
            yield record
