"""Summaries of labelled texts."""

from collections import Counter
from collections.abc import Mapping, Sequence

from seqnlp.corpora.checks.label_names import describe_equal_numbers, describe_header
from seqnlp.corpora.checks.lengths import Lengths
from seqnlp.corpora.checks.summary import Summary
from seqnlp.records import LabelledText
from seqnlp.types import JsonObject


class LabelledSummary(Summary[LabelledText]):
    """Count labelled texts.

    Args:
        has_header: Whether the names of columns are not texts. Otherwise a first row that looks like a header
            is a warning.

    Attributes:
        blank: The number of texts without a word.
        labels: The count of each label.
        lengths: The number of texts by length in characters.
    """

    def __init__(self, has_header: bool = True) -> None:
        super().__init__()
        self._has_header = has_header
        self._first: LabelledText | None = None
        self.blank = 0
        self.labels: Counter[str] = Counter()
        self.lengths = Lengths()

    def add(self, record: LabelledText) -> None:
        """Count a text."""
        self._first = self._first or record
        self.records += 1
        self.blank += not record.text.strip()
        self.labels.update(record.labels)
        self.lengths[len(record.text)] += 1

    @property
    def warnings(self) -> Sequence[str]:
        """Warnings about labels that are equal numbers, and about a first row that looks like a header."""
        found = [describe_equal_numbers(self.labels)]
        if self._first is not None and not self._has_header:
            found.append(describe_header(self._first, self.labels))
        return [warning for warning in found if warning is not None]

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
