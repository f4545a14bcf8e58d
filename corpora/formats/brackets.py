"""Trees in brackets: `(S (NP (DT The) (NN cat)) (VP (VBZ sleeps)))`."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from seqnlp.corpora.formats.lines import Line, check_utf8, read_lines
from seqnlp.corpora.problems import OnError, parse_valid, stop
from seqnlp.errors import DataError
from seqnlp.records import Origin, ParseTree
from seqnlp.trees.brackets import BracketError, parse_tree


def read_trees(path: Path | str, *, on_error: OnError = stop) -> Iterator[ParseTree]:
    r"""Read trees in brackets.

    Each tree starts on a new line. Indented lines continue it, as in the Penn Treebank (Marcus et al. 1993)
    and in NLTK's output. A blank line ends it. An outer bracket without a label is removed. The escapes of
    the Penn Treebank are resolved in words: `-LRB-` becomes a bracket, and `1\/2` becomes 1/2.

    Args:
        path: A file, plain or gzipped, in UTF-8.
        on_error: Receives each tree that cannot be read; by default the first error is raised.

    Yields:
        The trees in the order of the file.

    Raises:
        DataError: The file cannot be read or contains no tree, or `on_error` raises.
    """
    return parse_trees(read_lines(path), path, on_error)


def parse_trees(lines: Iterable[Line], path: Path | str, on_error: OnError = stop) -> Iterator[ParseTree]:
    """Parse the trees of numbered lines, as `read_trees` does. `path` is the file for messages."""
    nothing = DataError("contains no tree", path)
    trees = parse_valid(split_trees(lines), partial(parse_block, path=path), on_error, nothing)
    return (tree for _, tree in trees)


def split_trees(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """Yield the lines of each tree, without blank lines."""
    block: list[Line] = []
    for line in lines:
        if block and not line[1][:1].isspace():
            yield block
            block = []
        if line[1].strip():
            block.append(line)
    if block:
        yield block


def parse_block(block: list[Line], path: Path | str) -> ParseTree:
    """Parse the lines of one tree.

    Raises:
        DataError: A line is not UTF-8, or the lines are not a tree.
    """
    for line in block:
        check_utf8(line, path)
    try:
        tree = parse_tree(block)
    except BracketError as error:
        raise DataError(str(error), path, error.line) from None
    return replace(tree, origin=Origin(str(path), block[0][0]))
