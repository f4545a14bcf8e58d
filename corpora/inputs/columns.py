"""Sentences with one word per line, in CoNLL columns or in CoNLL-U."""

from collections.abc import Iterable, Iterator

from seqnlp.errors import OnError, stop
from seqnlp.serving.items import Item, ItemReader
from seqnlp.text.utf8 import Line


def column_reader(delimiter: str | None = None, word_column: int = 0) -> ItemReader:
    """Return a reader of words in columns. Tags are not needed.

    A line with the document marker `-DOCSTART-` is an item without words. Comments and a language in front of
    all words are found as in corpus files.

    Args:
        delimiter: As for `read_conll`.
        word_column: As for `read_conll`.
    """

    def read(lines: Iterable[Line], name: str, on_error: OnError = stop) -> Iterator[Item]:
        from seqnlp.corpora.inputs.word_lines import read_columns

        return read_columns(lines, name, on_error, delimiter, word_column)

    return read


def conllu_reader(tag_field: str = "upos") -> ItemReader:
    """Return a reader of CoNLL-U. Only forms are needed.

    Args:
        tag_field: The field in which predicted tags are written. Reading raises `ConfigError` if it is
            unknown.
    """

    def read(lines: Iterable[Line], name: str, on_error: OnError = stop) -> Iterator[Item]:
        from seqnlp.corpora.inputs.word_lines import read_conllu

        return read_conllu(lines, name, on_error, tag_field)

    return read
