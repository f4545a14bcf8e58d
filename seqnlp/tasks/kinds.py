"""The reader and the summary of each task's corpora."""

from collections.abc import Mapping

from seqnlp.corpora import LABELLED, PAIRS, TAGGED, TREES, AnyReader
from seqnlp.corpora.reports import NewSummary
from seqnlp.tasks.parsing.summary import ConstituentSummary

KINDS: Mapping[str, tuple[AnyReader, NewSummary]] = {
    "translator": (PAIRS, PAIRS.summary),
    "classifier": (LABELLED, LABELLED.summary),
    "tree-classifier": (TREES, TREES.summary),
    "parser": (TREES, lambda options, problems: ConstituentSummary(problems)),
    "tagger": (TAGGED, TAGGED.summary),
}
"""By the name of a task, in the order in which the readers are asked for a file without a task."""
