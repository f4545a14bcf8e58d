"""Labelled texts in trees of the Stanford Sentiment Treebank (Socher et al. 2013)."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from seqnlp.corpora.formats.trees import read_trees
from seqnlp.corpora.problems import OnError, stop
from seqnlp.records import LabelledText, ParseTree

Phrase = tuple[str, tuple[str, ...]]


def read_sentiment_trees(
    path: Path | str, *, phrases: bool = False, binary: bool = False, on_error: OnError = stop
) -> Iterator[LabelledText]:
    """Read trees as `read_trees` does: `(3 (2 The) (4 (3 best) (2 film)))`.

    Args:
        path: The file, plain or gzipped, in UTF-8.
        phrases: Whether every phrase is a text, each once in the file, but for whole sentences; by default
            whole sentences only.
        binary: Whether labels become `negative` (0, 1) and `positive` (3, 4), and what is neutral is left
            out.
        on_error: Told of each line that cannot be read; by default raises the error.

    Yields:
        The texts in the order of the file, a sentence before its phrases; words are parted by blanks.

    Raises:
        DataError: The file cannot be read or has no tree; or, if `on_error` lets it pass, something is no
            tree.
    """
    seen: set[Phrase] = set()
    for tree in read_trees(path, on_error=on_error):
        sentence, *parts = _phrases(tree)
        fresh = [part for part in dict.fromkeys(parts) if part not in seen] if phrases else []
        seen.update(fresh)
        for label, words in (sentence, *fresh):
            name = _polarity(label) if binary else label
            if name is not None:
                yield LabelledText(" ".join(words), (name,), tree.origin)


def polarised(tree: ParseTree) -> ParseTree:
    """Give nodes `negative` (0, 1) and `positive` (3, 4) for labels, and neutral ones none."""
    spans = (span._replace(label=_polarity(span.label) or "") for span in tree.spans)
    return replace(tree, spans=tuple(spans))


def _polarity(label: str) -> str | None:
    return {"0": "negative", "1": "negative", "3": "positive", "4": "positive"}.get(label)


def _phrases(tree: ParseTree) -> list[Phrase]:
    """Label and words of each node, the root first."""
    return [(span.label, tree.words[span.start : span.end]) for span in tree.spans]
