"""Labelled texts from trees of the Stanford Sentiment Treebank (Socher et al. 2013)."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from seqnlp.corpora.formats.brackets import read_trees
from seqnlp.corpora.problems import OnError, stop
from seqnlp.records import LabelledText, ParseTree

_Phrase: TypeAlias = tuple[str, tuple[str, ...]]
_POLARITY = {"0": "negative", "1": "negative", "3": "positive", "4": "positive"}


def read_sentiment_trees(
    path: Path | str, *, phrases: bool = False, binary: bool = False, on_error: OnError = stop
) -> Iterator[LabelledText]:
    """Read the sentences of trees as labelled texts: `(3 (2 The) (4 (3 best) (2 film)))`.

    Args:
        path: A file, plain or gzipped, in UTF-8.
        phrases: Whether to read every phrase as a text too. Repeated phrases are read once. Sentences are
            always read.
        binary: Whether to read the labels as `negative` (0, 1) and `positive` (3, 4), and to omit neutral
            texts.
        on_error: Receives each tree that cannot be read; by default the first error is raised.

    Yields:
        The texts in the order of the file, each sentence before its phrases. Words are joined by spaces.

    Raises:
        DataError: The file cannot be read or contains no tree, or `on_error` raises.
    """
    seen: set[_Phrase] = set()
    for tree in read_trees(path, on_error=on_error):
        sentence, *inner = _phrases(tree)
        fresh = [phrase for phrase in dict.fromkeys(inner) if phrase not in seen] if phrases else []
        seen.update(fresh)
        for label, words in (sentence, *fresh):
            name = _POLARITY.get(label) if binary else label
            if name is not None:
                yield LabelledText(" ".join(words), (name,), tree.origin)


def polarize(tree: ParseTree) -> ParseTree:
    """Return a tree with the labels `negative` (0, 1) and `positive` (3, 4), and "" for other labels."""
    spans = (span._replace(label=_POLARITY.get(span.label, "")) for span in tree.spans)
    return replace(tree, spans=tuple(spans))


def _phrases(tree: ParseTree) -> list[_Phrase]:
    """Return the label and the words of each node, the root first."""
    return [(span.label, tree.words[span.start : span.end]) for span in tree.spans]
