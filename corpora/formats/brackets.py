"""Trees in brackets: `(S (NP (DT The) (NN cat)) (VP (VBZ sleeps)))`."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from seqnlp.corpora.formats.lines import Line, check_utf8, read_lines
from seqnlp.corpora.problems import OnError, kept, stop
from seqnlp.errors import DataError
from seqnlp.records import Origin, ParseTree
from seqnlp.trees.brackets import BracketError, parsed


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
    return trees_in(read_lines(path), path, on_error)


def trees_in(lines: Iterable[Line], path: Path | str, on_error: OnError = stop) -> Iterator[ParseTree]:
    """Read trees from lines as `read_trees` does from a file; `path` is for messages."""
    found = kept(_blocks(lines), partial(_parsed, path=path), on_error, DataError("holds no tree", path))
    return (tree for _, tree in found)


def _blocks(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """The lines of each tree, without blank ones."""
    block: list[Line] = []
    for line in lines:
        if block and not line[1][:1].isspace():
            yield block
            block = []
        if line[1].strip():
            block.append(line)
    if block:
        yield block


def _parsed(block: list[Line], path: Path | str) -> ParseTree:
    for line in block:
        check_utf8(line, path)
    try:
        tree = parsed(block)
    except BracketError as error:
        raise DataError(str(error), path, error.line) from None
    return replace(tree, origin=Origin(str(path), block[0][0]))
