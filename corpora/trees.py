"""Trees in brackets: `(S (NP (DT The) (NN cat)) (VP (VBZ sleeps)))`."""

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from seqnlp.corpora.lines import Line, check_utf8, read_lines
from seqnlp.corpora.problems import OnError, kept, stop
from seqnlp.errors import DataError
from seqnlp.records import Origin, ParseTree, Span

_TOKEN = re.compile(r"\(|\)|[^\s()]+")
_ESCAPED = {"-LRB-": "(", "-RRB-": ")", "-LSB-": "[", "-RSB-": "]", "-LCB-": "{", "-RCB-": "}"}
_BACKSLASHED = re.compile(r"\\([/*])")


def read_trees(path: Path | str, *, on_error: OnError = stop) -> Iterator[ParseTree]:
    r"""Read trees, each of which begins on a line of its own.

    Indented lines go on with the tree before, as in the files of the Penn Treebank (Marcus et al. 1993) and
    in what NLTK prints; a blank one ends it. A bracket without a label around a whole tree is left out. Words
    come without the escapes of those files: `-LRB-` is a bracket, and `1\/2` is 1/2.

    Args:
        path: The file, plain or gzipped, in UTF-8.
        on_error: Told of each tree that cannot be read; by default raises the error.

    Yields:
        The trees in the order of the file.

    Raises:
        DataError: The file cannot be read or has no tree; or, if `on_error` lets it pass, something is no
            tree.
    """
    found = kept(_blocks(path), partial(_parsed, path=path), on_error, DataError("holds no tree", path))
    return (tree for _, tree in found)


def _blocks(path: Path | str) -> Iterator[list[Line]]:
    """The lines of each tree, without blank ones."""
    block: list[Line] = []
    for line in read_lines(path):
        if block and not line[1][:1].isspace():
            yield block
            block = []
        if line[1].strip():
            block.append(line)
    if block:
        yield block


def _parsed(block: list[Line], path: Path | str) -> ParseTree:
    words: list[str] = []
    labels: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    opened: list[int] = []  # the numbers of brackets that are not closed yet
    for number, token, label in _labelled(block, path):
        if token == "(":
            if (problem := _misplaced(label, opened, labels)) is not None:
                raise DataError(problem, path, number)
            opened.append(len(labels))
            labels.append(label)
            starts.append(len(words))
            ends.append(0)
        elif not opened:
            raise DataError("no tree: a bracket too many, or a word outside of all brackets", path, number)
        elif token == ")":
            at = opened.pop()
            if starts[at] == len(words):
                raise DataError(f"the label {labels[at]!r} stands over no word", path, number)
            ends[at] = len(words)
        else:
            words.append(_BACKSLASHED.sub(r"\1", _ESCAPED.get(token, token)))
    origin = Origin(str(path), block[0][0])
    if opened:
        raise DataError("no tree: a bracket does not close", path, origin.line)
    spans = tuple(map(Span, labels, starts, ends))[0 if labels[0] else 1 :]
    if not spans or spans[0].end < len(words):
        raise DataError("no label over the whole of it", path, origin.line)
    return ParseTree(tuple(words), spans, origin)


def _misplaced(label: str, opened: list[int], labels: list[str]) -> str | None:
    """What is wrong with a bracket of this label here, if anything."""
    if labels and not opened:
        return "more than one tree"
    return "a bracket without a label" if opened and not label else None


def _labelled(block: list[Line], path: Path | str) -> Iterator[tuple[int, str, str]]:
    """The line of each token, the token, and the label of what it opens, if that has one."""
    opens: int | None = None
    for line in block:
        check_utf8(line, path)
        for token in _TOKEN.findall(line[1]):
            if opens is not None:
                labelled = token not in "()"
                yield opens, "(", token if labelled else ""
                opens = None
                if labelled:
                    continue
            if token == "(":
                opens = line[0]
            else:
                yield line[0], token, ""
    if opens is not None:
        yield opens, "(", ""
