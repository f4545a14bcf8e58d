"""CoNLL columns: one word and its tag per line, and a blank line after each sentence."""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, takewhile
from pathlib import Path
from sys import intern
from typing import TypeVar

from seqnlp.corpora.formats.blocks import Block, Rows, parse_sentences, read_blocks
from seqnlp.corpora.formats.lines import Line, check_utf8
from seqnlp.corpora.problems import OnError, stop
from seqnlp.errors import DataError
from seqnlp.records import TaggedSentence

AnyBlock = TypeVar("AnyBlock")

DOCUMENT = "-DOCSTART-"
"""The start of a line that starts a document."""

_COMMENT = re.compile(r"#\s+(?:id|sent_id|newdoc|newpar)\s|#\s+[\w.:]+\s+=\s|#(?:begin|end) document\b")
_LANGUAGE = re.compile(r"[a-z]{2,}(?:-[a-z]+)*:(?=[^\s:])")
_BEGINNING = 20  # sentences


def read_conll(
    path: Path | str,
    *,
    delimiter: str | None = None,
    word_column: int = 0,
    tag_column: int = -1,
    on_error: OnError = stop,
) -> Iterator[TaggedSentence]:
    r"""Read a file in CoNLL columns, sentence by sentence.

    A line that starts with `-DOCSTART-` contains no word. The sentence after it starts a document. Lines of
    white space end a sentence. Comments before a sentence are skipped: lines such as `# id 1`, `# text = Hi`,
    `#begin document`, or others that start with `# ` and do not have as many columns as the words. A byte
    order mark and `\r\n` line ends are accepted. All lines must have the same number of columns. A language
    in front of all words, as in WikiANN (`en:Paris`), is removed.

    Args:
        path: A file, plain or gzipped, in UTF-8.
        delimiter: Delimiter of the columns, such as a tab if words contain spaces; None for any run of
            spaces and tabs. Other white space (U+00A0, U+2028, ...) is part of a word.
        word_column: Column of the words, from 0, or from -1 backwards.
        tag_column: Column of the tags, from 0, or from -1 backwards.
        on_error: Receives each sentence that cannot be read; by default the first error is raised. A sentence
            is invalid if a line has a different number of columns, an empty word or tag, or is not UTF-8.

    Yields:
        The sentences in the order of the file, with the tags of the file.

    Raises:
        DataError: The file cannot be read or contains no sentence, or `on_error` raises.

    Example:
        >>> for sentence in read_conll("train.conll"):
        ...     print(sentence.words, sentence.tags)
    """
    table = _Table(path, delimiter, word_column, tag_column)
    blocks = map(table.without_comments, read_blocks(path, DOCUMENT, re.compile(DOCUMENT)))
    sentences = without_language((block for block in blocks if block.lines), word_column)
    return parse_sentences(path, sentences, table.parse, on_error)


def without_language(blocks: Iterator[Block], word_column: int) -> Iterator[Block]:
    """Remove the language in front of all words, such as `en:`, if it is the same in the first 20 sentences.

    Args:
        blocks: The sentences.
        word_column: The column of the words. Only words in the first column can have a language.
    """
    language, every = find_language(blocks, lambda block: block.lines, word_column)
    if not language:
        return every
    return (
        block._replace(lines=[(number, text.removeprefix(language)) for number, text in block.lines])
        for block in every
    )


def find_language(
    blocks: Iterator[AnyBlock], lines_of: Callable[[AnyBlock], Sequence[Line]], word_column: int
) -> tuple[str, Iterator[AnyBlock]]:
    """Find the language in front of all words of the first 20 sentences.

    Args:
        blocks: The sentences. No more of them are read than necessary.
        lines_of: Returns the lines with words of a sentence.
        word_column: As for `without_language`.

    Returns:
        The language with its colon, or an empty string, and all sentences. Fewer than two words have none.
    """
    first, words, sentences, language = list[AnyBlock](), 0, 0, ""
    while sentences < _BEGINNING and (block := next(blocks, None)) is not None:
        first.append(block)
        lines = lines_of(block)
        language = language if words else _language_of(lines, word_column)
        words += len(lines)
        sentences += bool(lines)
        if words and not (language and all(text.startswith(language) for _, text in lines)):
            return "", chain(first, blocks)
    return language if words > 1 else "", chain(first, blocks)


def _language_of(lines: Sequence[Line], word_column: int) -> str:
    """Return the language in front of the first word."""
    match = _LANGUAGE.match(lines[0][1]) if lines and word_column == 0 else None
    return "" if match is None else match[0]


def split_columns(line: Line, delimiter: str | None, path: Path | str) -> list[str]:
    """Return the columns of a line.

    Args:
        line: The line.
        delimiter: As for `read_conll`.
        path: The file, for messages.

    Raises:
        DataError: The line is not UTF-8, or contains a carriage return.
    """
    check_utf8(line, path)
    number, text = line
    if "\r" in text:
        raise DataError("a carriage return inside a line", path, number)
    return _split(text, delimiter)


def _split(text: str, delimiter: str | None) -> list[str]:
    if delimiter is not None:
        return text.split(delimiter)
    fields = text.replace("\t", " ").split(" ")
    return [field for field in fields if field] if "" in fields else fields


class Comments:
    """The comments in one file.

    Args:
        delimiter: As for `read_conll`.
    """

    def __init__(self, delimiter: str | None) -> None:
        self._delimiter = delimiter
        self._width = 0  # of lines with words

    def count(self, lines: Sequence[Line]) -> int:
        """Return the number of comments at the beginning of the lines of a sentence."""
        width = self._width or len(_split(lines[-1][1], self._delimiter))
        found = sum(1 for _ in takewhile(lambda line: self._is_comment(line[1], width), lines))
        if found < len(lines):
            self._width = width
        return found

    def _is_comment(self, text: str, width: int) -> bool:
        if not text.startswith("#"):
            return False
        unlike_words = text.startswith("# ") and len(_split(text, self._delimiter)) != width
        return unlike_words or _COMMENT.match(text) is not None


class _Table:
    """The columns of one file. The first line defines their number."""

    def __init__(self, path: Path | str, delimiter: str | None, word_column: int, tag_column: int) -> None:
        self._path = path
        self._delimiter = delimiter
        self._word = word_column
        self._tag = tag_column
        self._comments = Comments(delimiter)
        self._width = 0
        self._first_line = 0

    def without_comments(self, block: Block) -> Block:
        """Remove the comments before a sentence."""
        return block._replace(lines=block.lines[self._comments.count(block.lines) :])

    def parse(self, block: Block) -> Rows:
        words, tags = [], []
        for line in block.lines:
            fields = split_columns(line, self._delimiter, self._path)
            if len(fields) != self._width:
                self._check_width(fields, line[0])
            word, tag = fields[self._word], fields[self._tag]
            if not (word and tag):
                raise DataError(f"empty {'tag' if word else 'word'}", self._path, line[0])
            words.append(intern(word))
            tags.append(intern(tag))
        return block.lines[0][0], tuple(words), tuple(tags)

    def _check_width(self, fields: list[str], number: int) -> None:
        """Define the number of columns at the first line, and reject any other number later."""
        width = len(fields)
        columns = f"{width} column{'' if width == 1 else 's'}"
        if self._width:
            message = f"{columns}, but line {self._first_line} has {self._width}"
            raise DataError(message, self._path, number)
        if not all(-width <= column < width for column in (self._word, self._tag)):
            message = f"{columns}, but the word is in column {self._word} and the tag in column {self._tag}"
            raise DataError(message, self._path, number)
        if self._word % width == self._tag % width:
            raise DataError(f"{columns}, so word and tag are in the same column", self._path, number)
        self._width, self._first_line = width, number
