"""Summaries of labelled texts."""

from collections import Counter
from collections.abc import Mapping

from seqnlp.corpora.checks.lengths import Lengths
from seqnlp.corpora.checks.summary import Summary
from seqnlp.records import LabelledText
from seqnlp.types import JsonObject


class LabelledSummary(Summary[LabelledText]):
    """Count labelled texts.

    Attributes:
        blank: The number of texts without a word.
        labels: The count of each label.
        lengths: The number of texts by length in characters.
    """

    def __init__(self) -> None:
        super().__init__()
        self.blank = 0
        self.labels: Counter[str] = Counter()
        self.lengths = Lengths()

    def add(self, record: LabelledText) -> None:
        """Count a text."""
        self.records += 1
        self.blank += not record.text.strip()
        self.labels.update(record.labels)
        self.lengths[len(record.text)] += 1

    @staticmethod
    def show(record: LabelledText) -> str:
        """Return the labels and the text."""
        return f"{', '.join(record.labels)}  {record.text}"

    @property
    def figures(self) -> JsonObject:
        """Sizes, blank texts and lengths as JSON values."""
        return {
            "texts": self.records,
            "characters": self.lengths.size,
            "blank": self.blank,
            "lengths": self.lengths.figures(),
        }

    @property
    def counts(self) -> Mapping[str, Counter[str]]:
        """The counts of labels."""
        return {"labels": self.labels}
