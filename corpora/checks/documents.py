"""Summaries of documents."""

from seqnlp.corpora.checks.lengths import Lengths
from seqnlp.corpora.checks.summary import Summary
from seqnlp.records import Document
from seqnlp.types import JsonObject

_SHOWN = 400  # characters


class DocumentSummary(Summary[Document]):
    """Count documents.

    Attributes:
        characters: The distinct characters.
        lengths: The number of documents by length in characters.
    """

    def __init__(self) -> None:
        super().__init__()
        self.characters: set[str] = set()
        self.lengths = Lengths()

    def add(self, record: Document) -> None:
        """Count a document."""
        self.records += 1
        self.characters.update(record.text)
        self.lengths[len(record.text)] += 1

    @staticmethod
    def show(record: Document) -> str:
        """Return the beginning of the text in one line."""
        return " ".join(record.text[:_SHOWN].split())

    @property
    def figures(self) -> JsonObject:
        """Sizes, distinct characters and lengths as JSON values."""
        return {
            "documents": self.records,
            "characters": self.lengths.size,
            "distinct_characters": len(self.characters),
            "lengths": self.lengths.figures(),
        }
