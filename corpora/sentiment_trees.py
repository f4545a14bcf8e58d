"""Labelled texts in trees of the Stanford Sentiment Treebank (Socher et al. 2013)."""

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from seqnlp.corpora.lines import Line, check_utf8, read_lines
from seqnlp.corpora.problems import OnError, kept, stop
from seqnlp.errors import DataError
from seqnlp.records import LabelledText, Origin

_TOKEN = re.compile(r"\(|\)|[^\s()]+")
_ESCAPED = {"-LRB-": "(", "-RRB-": ")", "-LSB-": "[", "-RSB-": "]", "-LCB-": "{", "-RCB-": "}"}

Phrase = tuple[str, tuple[str, ...]]


def read_sentiment_trees(
    path: Path | str, *, phrases: bool = False, binary: bool = False, on_error: OnError = stop
) -> Iterator[LabelledText]:
    """Read trees, one a line: `(3 (2 The) (4 (3 best) (2 film)))`.

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
        DataError: The file cannot be read or has no tree; or, if `on_error` lets it pass, a line is no tree.
    """
    lines = (line for line in read_lines(path) if line[1].strip())
    found = kept(lines, partial(_phrases, path=path), on_error, DataError("holds no tree", path))
    seen: set[Phrase] = set()
    for (number, _), (sentence, *parts) in found:
        fresh = [part for part in dict.fromkeys(parts) if part not in seen] if phrases else []
        seen.update(fresh)
        for label, words in (sentence, *fresh):
            name = _polarity(label) if binary else label
            if name is not None:
                yield LabelledText(" ".join(words), (name,), Origin(str(path), number))


def _polarity(label: str) -> str | None:
    return {"0": "negative", "1": "negative", "3": "positive", "4": "positive"}.get(label)


def _phrases(line: Line, path: Path | str) -> list[Phrase]:
    """Label and words of each node, the root first."""
    check_utf8(line, path)
    number, text = line
    words: list[str] = []
    open_nodes: list[tuple[int, str, int]] = []
    phrases: list[tuple[int, Phrase]] = []
    tokens = _TOKEN.findall(text)
    place = 0
    while place < len(tokens):
        token = tokens[place]
        if token == "(":
            label = tokens[place + 1] if place + 1 < len(tokens) else ""
            if label in ("", "(", ")"):
                raise DataError("a bracket without a label", path, number)
            if phrases and not open_nodes:
                raise DataError("more than one tree", path, number)
            open_nodes.append((place, label, len(words)))
            place += 1
        elif not open_nodes:
            raise DataError("no tree: a bracket too many, or a word outside of all brackets", path, number)
        elif token == ")":
            opened, label, first = open_nodes.pop()
            if first == len(words):
                raise DataError(f"the label {label!r} stands over no word", path, number)
            phrases.append((opened, (label, tuple(words[first:]))))
        else:
            words.append(_ESCAPED.get(token, token))
        place += 1
    if open_nodes:
        raise DataError("no tree: a bracket does not close", path, number)
    return [phrase for _, phrase in sorted(phrases)]
