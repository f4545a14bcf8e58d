"""Sentences with one word per line, in CoNLL columns or in CoNLL-U."""

from collections.abc import Callable, Iterable, Iterator

from seqnlp.corpora.formats.conll import DOCUMENT, Comments, find_language, split_columns
from seqnlp.corpora.formats.conllu import FORM, find_tag_column, read_fields
from seqnlp.corpora.formats.lines import Line
from seqnlp.errors import DataError, OnError, stop
from seqnlp.serving.items import Item, ItemReader
from seqnlp.serving.rows import Rows


def column_reader(delimiter: str | None = None, word_column: int = 0) -> ItemReader:
    """Return a reader of words in columns. Tags are not needed.

    A line with the document marker `-DOCSTART-` is an item without words. Comments and a language in front of
    all words are found as in corpus files.

    Args:
        delimiter: As for `read_conll`.
        word_column: As for `read_conll`.
    """

    def read(lines: Iterable[Line], name: str, on_error: OnError = stop) -> Iterator[Item]:
        columns = _Columns(delimiter, word_column)
        blocks = columns.find_language(_split(lines, DOCUMENT))
        return _read_blocks(blocks, columns.parse, name, on_error)

    return read


def conllu_reader(tag_field: str = "upos") -> ItemReader:
    """Return a reader of CoNLL-U. Only forms are needed.

    Args:
        tag_field: The field in which predicted tags are written. Reading raises `ConfigError` if it is
            unknown.
    """

    def parse(block: list[Line], name: str) -> Item:
        places = {number: place for place, (number, _) in enumerate(block)}
        words = list(read_fields((line for line in block if not line[1].startswith("#")), name))
        rows = Rows(
            "conllu",
            tuple(text for _, text in block),
            tuple(places[number] for number, _ in words),
            "\t",
            find_tag_column(tag_field),
        )
        return _item(tuple(fields[FORM] for _, fields in words), rows, block)

    def read(lines: Iterable[Line], name: str, on_error: OnError = stop) -> Iterator[Item]:
        return _read_blocks(_split(lines, None), parse, name, on_error)

    return read


class _Columns:
    """The columns of one input."""

    def __init__(self, delimiter: str | None, word_column: int) -> None:
        self._delimiter = delimiter
        self._column = word_column
        self._comments = Comments(delimiter)
        self._language = ""

    def find_language(self, blocks: Iterator[list[Line]]) -> Iterator[list[Line]]:
        """Find the language in front of all words, and return the blocks."""
        self._language, every = find_language(blocks, self._words, self._column)
        return every

    def _words(self, block: list[Line]) -> list[Line]:
        """Return the lines with words of a block."""
        return [] if block[0][1].startswith(DOCUMENT) else block[self._comments.count(block) :]

    def parse(self, block: list[Line], name: str) -> Item:
        """Return the item of a block. `name` is the name of the input."""
        lines = tuple(text for _, text in block)
        if lines[0].startswith(DOCUMENT):
            return _item((), Rows("conll", lines, (0,), self._delimiter), block)
        first = self._comments.count(block)
        words = tuple(self._word(line, name).removeprefix(self._language) for line in block[first:])
        return _item(words, Rows("conll", lines, tuple(range(first, len(lines))), self._delimiter), block)

    def _word(self, line: Line, name: str) -> str:
        columns = split_columns(line, self._delimiter, name)
        width = len(columns)
        if not -width <= self._column < width:
            plural = "" if width == 1 else "s"
            message = f"{width} column{plural}, but the word is in column {self._column}"
            raise DataError(message, name, line[0])
        if not columns[self._column]:
            raise DataError("empty word", name, line[0])
        return columns[self._column]


def _read_blocks(
    blocks: Iterable[list[Line]], parse: Callable[[list[Line], str], Item], name: str, on_error: OnError
) -> Iterator[Item]:
    """Parse blocks of lines as items."""
    for block in blocks:
        try:
            item = parse(block, name)
        except DataError as error:
            on_error(error)
            continue
        yield item


def _split(lines: Iterable[Line], marker: str | None) -> Iterator[list[Line]]:
    block: list[Line] = []
    for line in lines:
        alone = marker is not None and line[1].startswith(marker)
        if line[1].strip() and not alone:
            block.append(line)
            continue
        if block:
            yield block
            block = []
        if alone:
            yield [line]
    if block:
        yield block


def _item(words: tuple[str, ...], rows: Rows, block: list[Line]) -> Item:
    return Item(words, sum(len(line) + 1 for line in rows.lines), rows=rows, line=block[0][0])
