"""The file formats that corpora come in, by name or by a file's ending."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from seqnlp.corpora.formats.conll import read_conll
from seqnlp.corpora.formats.conllu import read_conllu
from seqnlp.corpora.formats.endings import format_by_ending, named_format
from seqnlp.corpora.formats.jsonl import read_jsonl
from seqnlp.corpora.problems import OnError, stop
from seqnlp.errors import ConfigError
from seqnlp.records import AnnotatedText, TaggedSentence

Record: TypeAlias = TaggedSentence | AnnotatedText


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How to read a file, where its format leaves a choice.

    Attributes:
        delimiter: CoNLL columns: what stands between two columns; None for any run of spaces and tabs.
        word_column: CoNLL columns: the column of the words, from 0, or from -1 backwards.
        tag_column: CoNLL columns: the column of the tags, likewise.
        tag_field: CoNLL-U: the field that is the tag.
    """

    delimiter: str | None = None
    word_column: int = 0
    tag_column: int = -1
    tag_field: str = "upos"

    def __post_init__(self) -> None:
        if self.delimiter == "":
            raise ConfigError("the delimiter is empty; leave it out for spaces and tabs")


Reader: TypeAlias = Callable[[Path | str, ReadOptions, OnError], Iterator[Record]]


@dataclass(frozen=True, slots=True)
class FileFormat:
    """A file format.

    Attributes:
        description: What it is, in a few words.
        endings: The endings of file names that speak for it.
        read: Reads a file.
    """

    description: str
    endings: tuple[str, ...]
    read: Reader


def _read_conll(path: Path | str, options: ReadOptions, on_error: OnError) -> Iterator[Record]:
    return read_conll(
        path,
        delimiter=options.delimiter,
        word_column=options.word_column,
        tag_column=options.tag_column,
        on_error=on_error,
    )


def _read_conllu(path: Path | str, options: ReadOptions, on_error: OnError) -> Iterator[Record]:
    return read_conllu(path, tag_field=options.tag_field, on_error=on_error)


def _read_jsonl(path: Path | str, options: ReadOptions, on_error: OnError) -> Iterator[Record]:
    return read_jsonl(path, on_error=on_error)


_CONLL_ENDINGS = (
    *(".conll", ".conll2002", ".conll2003", ".col", ".tsv", ".txt", ".ner", ".pos", ".annotated"),
    *(".bio", ".bio2", ".iob", ".iob1", ".iob2", ".iobes", ".bioes", ".bilou", ".bmes"),
    *(".train", ".dev", ".valid", ".test", ".testa", ".testb"),
)

FORMATS = {
    "conll": FileFormat("one word a line, word and tag in columns", _CONLL_ENDINGS, _read_conll),
    "conllu": FileFormat("CoNLL-U of Universal Dependencies", (".conllu",), _read_conllu),
    "jsonl": FileFormat("JSON lines: text, entities as offsets", (".jsonl", ".ndjson"), _read_jsonl),
}
"""The one registry of formats: a new one is one more line."""


def guess_format(path: Path | str) -> str:
    """Tell a file's format by its ending; a last `.gz` does not count.

    Returns:
        A key of `FORMATS`.

    Raises:
        ConfigError: The ending speaks for none.
    """
    return format_by_ending(path, {name: each.endings for name, each in FORMATS.items()})


def read_records(
    path: Path | str,
    format_name: str | None = None,
    options: ReadOptions | None = None,
    on_error: OnError = stop,
) -> Iterator[Record]:
    """Read a corpus file.

    Args:
        path: The file, plain or gzipped.
        format_name: A key of `FORMATS`; None to tell it by the ending.
        options: How to read it; None for the defaults.
        on_error: Told of each sentence that cannot be read; by default raises the error.

    Returns:
        The records in the order of the file, read as they are asked for.

    Raises:
        ConfigError: The format is unknown.
        DataError: While iterating: the file cannot be read, or `on_error` raises.
    """
    name = named_format(format_name or guess_format(path), FORMATS)
    return FORMATS[name].read(path, options or ReadOptions(), on_error)
