"""Files with one word per line and a blank line after each sentence."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple, TypeAlias

from seqnlp.corpora.formats.lines import Line, read_lines
from seqnlp.corpora.problems import OnError, parse_valid
from seqnlp.errors import DataError
from seqnlp.records import Origin, TaggedSentence

Rows: TypeAlias = tuple[int, tuple[str, ...], tuple[str, ...]]
"""The line number of the first word of a sentence, the words and the tags."""


class Block(NamedTuple):
    """The lines of a sentence, and the number of its document in the file."""

    document: int
    lines: list[Line]


def read_blocks(path: Path | str, marker: str, document: re.Pattern[str]) -> Iterator[Block]:
    """Group the lines of a file into sentences.

    Args:
        path: The file.
        marker: The start of lines that contain no word. They end a sentence.
        document: Matches lines with the marker that start a document.

    Yields:
        The sentences, none of them empty. Documents are numbered from 0, or from 1 if the file starts with
        such a line.
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


def parse_sentences(
    path: Path | str, blocks: Iterator[Block], parse: Callable[[Block], Rows], on_error: OnError
) -> Iterator[TaggedSentence]:
    """Parse blocks as sentences.

    If the first sentence of a document is skipped, the next one starts the document.

    Args:
        path: The file, for origins and messages.
        blocks: The result of `read_blocks`.
        parse: Returns the words and tags of a block, or raises `DataError` if it is invalid.
        on_error: Receives each of these errors.

    Yields:
        The sentences in the order of the file.

    Raises:
        DataError: The file contains no valid sentence, or `on_error` raises.
    """
    current = 0
    valid = parse_valid(blocks, parse, on_error, DataError("contains no sentence", path))
    for block, (line, words, tags) in valid:
        adjacent = block.lines[-1][0] - line + 1 == len(words)
        yield TaggedSentence(words, tags, block.document != current, Origin(str(path), line, adjacent))
        current = block.document
