"""Read sentences with one word per line, for `columns`."""

from collections.abc import Callable, Iterable, Iterator

from seqnlp.corpora.formats.conll import DOCUMENT, Comments, find_language, split_columns
from seqnlp.corpora.formats.conllu import FORM, find_tag_column, read_fields
from seqnlp.errors import DataError, OnError
from seqnlp.serving.items import Item
from seqnlp.serving.rows import Rows
from seqnlp.text.utf8 import Line


def read_columns(
    lines: Iterable[Line], name: str, on_error: OnError, delimiter: str | None, word_column: int
) -> Iterator[Item]:
    """Read words in columns, with arguments as for `column_reader`."""
    columns = _Columns(delimiter, word_column)
    blocks = columns.find_language(_split(lines, DOCUMENT))
    return _read_blocks(blocks, columns.parse, name, on_error)


def read_conllu(lines: Iterable[Line], name: str, on_error: OnError, tag_field: str) -> Iterator[Item]:
    """Read CoNLL-U, with arguments as for `conllu_reader`."""

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

    return _read_blocks(_split(lines, None), parse, name, on_error)


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
