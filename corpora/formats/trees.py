"""Files of trees. What reads them is imported when a file is read."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from seqnlp.corpora.formats.reader import Format, Reader
from seqnlp.corpora.problems import OnError, Problems
from seqnlp.data.format_options import FormatOptions, gold_option
from seqnlp.records import ParseTree

if TYPE_CHECKING:
    from seqnlp.corpora.checks.trees import TreeSummary


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeOptions(FormatOptions):
    """Options for files of trees."""

    format: str | None = gold_option(None, "File format: only trees")


@dataclass(frozen=True, slots=True, kw_only=True)
class SentimentTreeOptions(TreeOptions):
    """Options for files of trees whose labels are degrees of sentiment, from 0 to 4."""

    binary: bool = gold_option(
        False, "Trees: read the labels negative and positive; neutral nodes have no label"
    )


def _trees(path: Path | str, options: TreeOptions, on_error: OnError) -> Iterator[ParseTree]:
    from seqnlp.corpora.formats.brackets import read_trees

    return read_trees(path, on_error=on_error)


def _sentiment_trees(
    path: Path | str, options: SentimentTreeOptions, on_error: OnError
) -> Iterator[ParseTree]:
    from seqnlp.corpora.formats.brackets import read_trees
    from seqnlp.corpora.formats.sentiment_trees import polarize

    trees = read_trees(path, on_error=on_error)
    return map(polarize, trees) if options.binary else trees


def _summary(options: TreeOptions, problems: Problems) -> "TreeSummary":
    from seqnlp.corpora.checks.trees import TreeSummary

    return TreeSummary()


_DESCRIPTION, _ENDINGS = "trees in brackets", (".txt", ".mrg", ".ptb")

TREES: Reader[ParseTree, TreeOptions] = Reader(
    "trees",
    TreeOptions,
    {"trees": Format(_DESCRIPTION, _ENDINGS, _trees)},
    _summary,
    default="trees",
)
"""The reader of `ParseTree` records."""

SENTIMENT_TREES: Reader[ParseTree, SentimentTreeOptions] = Reader(
    "trees",
    SentimentTreeOptions,
    {"trees": Format(_DESCRIPTION, _ENDINGS, _sentiment_trees)},
    _summary,
    default="trees",
)
"""The reader of `ParseTree` records whose labels are degrees of sentiment."""
