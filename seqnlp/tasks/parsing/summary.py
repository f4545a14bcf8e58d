"""A summary of trees as a parser reads them."""

from collections import Counter
from collections.abc import Mapping

from seqnlp.corpora import Problems
from seqnlp.corpora.checks.trees import TreeSummary
from seqnlp.records import ParseTree
from seqnlp.tasks.parsing.examples import to_constituents


class ConstituentSummary(TreeSummary):
    """Counts constituents and parts of speech, without traces and without the functions in labels.

    Args:
        problems: Receives the trees that a parser cannot use.

    Attributes:
        tags: How often each part of speech occurs.
    """

    def __init__(self, problems: Problems) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self._problems = problems

    def add(self, record: ParseTree) -> None:
        """Count a tree if a parser can use it."""
        for sentence in to_constituents([record], self._problems):
            self.records += 1
            self.lengths[len(sentence.words)] += 1
            self.labels.update(label for chain in sentence.chains.values() for label in chain)
            self.tags.update(sentence.tags)

    @property
    def counts(self) -> Mapping[str, Counter[str]]:
        """Labels of constituents, and parts of speech."""
        return {"labels": self.labels, "tags": self.tags}
