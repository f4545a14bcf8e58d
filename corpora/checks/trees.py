"""Summaries of trees."""

from collections import Counter
from collections.abc import Mapping

from seqnlp.corpora.checks.lengths import Lengths
from seqnlp.corpora.checks.summary import Summary
from seqnlp.records import ParseTree
from seqnlp.trees.brackets import write_tree
from seqnlp.types import JsonObject


class TreeSummary(Summary[ParseTree]):
    """Count trees.

    Attributes:
        labels: The count of each node label.
        lengths: The number of sentences by length in words.
    """

    def __init__(self) -> None:
        super().__init__()
        self.labels: Counter[str] = Counter()
        self.lengths = Lengths()

    def add(self, record: ParseTree) -> None:
        """Count a tree."""
        self.records += 1
        self.labels.update(span.label for span in record.spans)
        self.lengths[len(record.words)] += 1

    @staticmethod
    def show(record: ParseTree) -> str:
        """Return the tree in brackets."""
        return write_tree(record)

    @property
    def figures(self) -> JsonObject:
        """Sizes and lengths as JSON values."""
        return {
            "sentences": self.records,
            "tokens": self.lengths.size,
            "lengths": self.lengths.figures(),
        }

    @property
    def counts(self) -> Mapping[str, Counter[str]]:
        """The counts of node labels."""
        return {"labels": self.labels}
