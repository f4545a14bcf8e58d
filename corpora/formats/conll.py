"""CoNLL columns: one word a line, its tag in another column, a blank line after each sentence."""

import re
from collections.abc import Iterator
from pathlib import Path
from sys import intern

from seqnlp.corpora.formats.blocks import Block, Rows, read_blocks, read_sentences
from seqnlp.corpora.formats.lines import Line, check_utf8
from seqnlp.corpora.problems import OnError, stop
from seqnlp.errors import DataError
from seqnlp.records import TaggedSentence

DOCUMENT = "-DOCSTART-"
"""What a line that begins a document starts with."""


def read_conll(
    path: Path | str,
    *,
    delimiter: str | None = None,
    word_column: int = 0,
    tag_column: int = -1,
    on_error: OnError = stop,
) -> Iterator[TaggedSentence]:
    r"""Read a file in CoNLL columns, plain or gzipped, sentence by sentence.

    A line that begins with `-DOCSTART-` is no word; the sentence after it begins a document. Lines that hold
    nothing but white space end a sentence. A byte order mark and `\r\n` line ends are accepted. All lines
    need as many columns as the first.

    Args:
        path: The file, in UTF-8.
        delimiter: What stands between two columns, such as a tab where words hold spaces; None for any run
            of spaces and tabs. Other white space (U+00A0, U+2028, ...) is part of a word.
        word_column: The column of the words, counted from 0, or from -1 backwards.
        tag_column: The column of the tags, counted likewise.
        on_error: Told of each sentence that cannot be read; by default raises the error.

    Yields:
        The sentences in the order of the file, their tags in the file's own scheme.

    Raises:
        DataError: The file cannot be read or has no sentence; or, if `on_error` lets it pass, a line has a
            column missing or too many, an empty word or tag, or is not UTF-8.
    """
    table = _Table(path, delimiter, word_column, tag_column)
    blocks = read_blocks(path, DOCUMENT, re.compile(DOCUMENT))
    return read_sentences(path, blocks, table.parse, on_error)


class _Table:
    """The columns of one file; their number is that of the first line."""

    def __init__(self, path: Path | str, delimiter: str | None, word_column: int, tag_column: int) -> None:
        self._path = path
        self._delimiter = delimiter
        self._word = word_column
        self._tag = tag_column
        self._width = 0
        self._first_line = 0

    def parse(self, block: Block) -> Rows:
        words, tags = [], []
        for line in block.lines:
            fields = self._split(line)
            if len(fields) != self._width:
                self._check_width(fields, line[0])
            word, tag = fields[self._word], fields[self._tag]
            if not (word and tag):
                raise DataError(f"an empty {'tag' if word else 'word'}", self._path, line[0])
            words.append(intern(word))
            tags.append(intern(tag))
        return block.lines[0][0], tuple(words), tuple(tags)

    def _split(self, line: Line) -> list[str]:
        check_utf8(line, self._path)
        number, text = line
        if "\r" in text:
            raise DataError("a carriage return that ends no line", self._path, number)
        if self._delimiter is not None:
            return text.split(self._delimiter)
        fields = text.replace("\t", " ").split(" ")
        return [field for field in fields if field] if "" in fields else fields

    def _check_width(self, fields: list[str], number: int) -> None:
        """Take the first line as the measure of the file, hold any other to it."""
        width = len(fields)
        columns = f"{width} column{'' if width == 1 else 's'}"
        if self._width:
            message = f"{columns} where line {self._first_line} has {self._width}"
            raise DataError(message, self._path, number)
        if not all(-width <= column < width for column in (self._word, self._tag)):
            message = f"{columns}; the word is looked for in column {self._word}, the tag in {self._tag}"
            raise DataError(message, self._path, number)
        if self._word % width == self._tag % width:
            raise DataError(f"{columns}; word and tag would be the same one", self._path, number)
        self._width, self._first_line = width, number
