"""Trees in brackets, on any number of lines."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from seqnlp.errors import DataError, OnError, stop
from seqnlp.records import ParseTree
from seqnlp.serving.items import Item, ItemReader
from seqnlp.text.utf8 import Line


def tree_reader(to_content: Callable[[ParseTree], Any]) -> ItemReader:
    """Return a reader of trees in brackets.

    Args:
        to_content: Returns the content of the item for a tree.
    """

    def read(lines: Iterable[Line], name: str, on_error: OnError = stop) -> Iterator[Item]:
        from seqnlp.corpora.formats.brackets import parse_block, split_trees

        for block in split_trees(lines):
            try:
                content = to_content(parse_block(block, name))
            except DataError as error:
                on_error(error)
                continue
            yield Item(content, sum(len(text) + 1 for _, text in block), line=block[0][0])

    return read
