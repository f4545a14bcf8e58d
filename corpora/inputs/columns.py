"""Sentences with one word per line, in CoNLL columns or in CoNLL-U."""

from collections.abc import Callable, Iterable, Iterator

from seqnlp.corpora.formats.conll import DOCUMENT, split_columns
from seqnlp.corpora.formats.conllu import FORM, TAG_FIELDS, read_fields
from seqnlp.corpora.formats.lines import Line
from seqnlp.errors import DataError, OnError, stop
from seqnlp.serving.items import Item, ItemReader
from seqnlp.serving.rows import Rows


def column_reader(delimiter: str | None = None, word_column: int = 0) -> ItemReader:
    """Return a reader of words in columns. Tags are not needed.

    A line with the document marker `-DOCSTART-` is an item without words.

    Args:
        delimiter: As for `read_conll`.
        word_column: As for `read_conll`.
    """

    def parse(block: list[Line], name: str) -> Item:
        lines = tuple(text for _, text in block)
        rows = Rows("conll", lines, tuple(range(len(lines))), delimiter)
        if lines[0].startswith(DOCUMENT):
            return _item((), rows, block)
        return _item(tuple(_word(line, delimiter, word_column, name) for line in block), rows, block)

    return _block_reader(parse, DOCUMENT)


def conllu_reader(tag_field: str = "upos") -> ItemReader:
    """Return a reader of CoNLL-U. Only forms are needed.

    Args:
        tag_field: The field in which predicted tags are written.
    """

    def parse(block: list[Line], name: str) -> Item:
        places = {number: place for place, (number, _) in enumerate(block)}
        words = list(read_fields((line for line in block if not line[1].startswith("#")), name))
        rows = Rows(
            "conllu",
            tuple(text for _, text in block),
            tuple(places[number] for number, _ in words),
            "\t",
            TAG_FIELDS[tag_field],
        )
        return _item(tuple(fields[FORM] for _, fields in words), rows, block)

    return _block_reader(parse)


def _block_reader(parse: Callable[[list[Line], str], Item], marker: str | None = None) -> ItemReader:
    """Return a reader of blocks of lines. Blank lines end a block.

    Args:
        parse: Returns the item of a block. The second argument is the name of the input.
        marker: The start of lines that are a block of their own.
    """

    def read(lines: Iterable[Line], name: str, on_error: OnError = stop) -> Iterator[Item]:
        for block in _split(lines, marker):
            try:
                item = parse(block, name)
            except DataError as error:
                on_error(error)
                continue
            yield item

    return read


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


def _word(line: Line, delimiter: str | None, column: int, name: str) -> str:
    columns = split_columns(line, delimiter, name)
    width = len(columns)
    if not -width <= column < width:
        plural = "" if width == 1 else "s"
        raise DataError(f"{width} column{plural}, but the word is in column {column}", name, line[0])
    if not columns[column]:
        raise DataError("empty word", name, line[0])
    return columns[column]


def _item(words: tuple[str, ...], rows: Rows, block: list[Line]) -> Item:
    return Item(words, sum(len(line) + 1 for line in rows.lines), rows=rows, line=block[0][0])
