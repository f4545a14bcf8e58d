"""Files of one word a line, whose sentences are set apart by blank lines."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple, TypeAlias

from seqnlp.corpora.formats.lines import Line, read_lines
from seqnlp.corpora.problems import OnError, kept
from seqnlp.errors import DataError
from seqnlp.records import Origin, TaggedSentence

Rows: TypeAlias = tuple[int, tuple[str, ...], tuple[str, ...]]
"""The line of a sentence's first word, its words and its tags."""


class Block(NamedTuple):
    """The lines of one sentence, and which of the file's documents they belong to."""

    document: int
    lines: list[Line]


def read_blocks(path: Path | str, marker: str, document: re.Pattern[str]) -> Iterator[Block]:
    """Group the lines of a file into sentences.

    Args:
        path: The file.
        marker: What lines begin with that hold no word; a sentence ends before them.
        document: Matches those of them that begin a document.

    Yields:
        The sentences; none is empty. Documents are counted from 0, from 1 where one begins with a marker.
    """
    number, lines = 0, list[Line]()
    for line in read_lines(path):
        text = line[1]
        marked = text.startswith(marker)
        if not marked and text and not text.isspace():
            lines.append(line)
            continue
        if lines:
            yield Block(number, lines)
            lines = []
        if marked and document.match(text):
            number += 1
    if lines:
        yield Block(number, lines)


def read_sentences(
    path: Path | str, blocks: Iterator[Block], parse: Callable[[Block], Rows], on_error: OnError
) -> Iterator[TaggedSentence]:
    """Make sentences of blocks.

    A document whose first sentence is skipped begins with the next that is not.

    Args:
        path: The file, for origins and messages.
        blocks: What `read_blocks` gave.
        parse: Makes words and tags of a block; raises `DataError`.
        on_error: Told of each sentence that cannot be parsed.

    Yields:
        The sentences in the order of the file.

    Raises:
        DataError: There is none, or `on_error` raises.
    """
    current = 0
    for block, (line, words, tags) in kept(blocks, parse, on_error, DataError("holds no sentence", path)):
        yield TaggedSentence(words, tags, block.document != current, Origin(str(path), line))
        current = block.document
