"""The formats that labelled texts come in, by name or by a file's ending."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from seqnlp.corpora.formats.endings import format_by_ending, named_format
from seqnlp.corpora.formats.folders import read_folder
from seqnlp.corpora.formats.jsonl import read_labelled_jsonl
from seqnlp.corpora.formats.label_sets import labels_of
from seqnlp.corpora.formats.sentiment_trees import read_sentiment_trees
from seqnlp.corpora.formats.tables import check_delimiter, read_table
from seqnlp.corpora.problems import OnError, stop
from seqnlp.records import LabelledText, Origin


@dataclass(frozen=True, slots=True)
class LabelledOptions:
    """How to read a file, where its format leaves a choice.

    Attributes:
        delimiter: Tables: what parts columns; None for a comma in CSV and a tab in TSV.
        text_column: Tables and JSON lines: the name of the text's column or key; of tables also its number.
        label_column: The same of the label.
        label_separator: Tables and JSON lines: what parts the labels of a text that may have several, or
            none; in JSON lines they may be a list, too. None where each text has one label.
        phrases: Trees: whether every phrase is a text.
        binary: Trees: whether labels are positive and negative only.
    """

    delimiter: str | None = None
    text_column: str = "text"
    label_column: str = "label"
    label_separator: str | None = None
    phrases: bool = False
    binary: bool = False

    def __post_init__(self) -> None:
        check_delimiter(self.delimiter)


Reader: TypeAlias = Callable[[Path | str, LabelledOptions, OnError], Iterator[LabelledText]]


def _table(delimiter: str) -> Reader:
    def read(path: Path | str, options: LabelledOptions, on_error: OnError) -> Iterator[LabelledText]:
        def labelled(cells: Sequence[str], origin: Origin) -> LabelledText:
            text, label = cells
            return LabelledText(text, labels_of(label, options.label_separator), origin)

        columns = (options.text_column, options.label_column)
        return read_table(path, options.delimiter or delimiter, columns, labelled, on_error)

    return read


def _jsonl(path: Path | str, options: LabelledOptions, on_error: OnError) -> Iterator[LabelledText]:
    return read_labelled_jsonl(
        path,
        text_column=options.text_column,
        label_column=options.label_column,
        label_separator=options.label_separator,
        on_error=on_error,
    )


def _folder(path: Path | str, options: LabelledOptions, on_error: OnError) -> Iterator[LabelledText]:
    return read_folder(path, on_error=on_error)


def _trees(path: Path | str, options: LabelledOptions, on_error: OnError) -> Iterator[LabelledText]:
    return read_sentiment_trees(path, phrases=options.phrases, binary=options.binary, on_error=on_error)


READERS: dict[str, tuple[tuple[str, ...], Reader]] = {
    "csv": ((".csv",), _table(",")),
    "tsv": ((".tsv", ".tab"), _table("\t")),
    "jsonl": ((".jsonl", ".ndjson"), _jsonl),
    "trees": ((".txt", ".mrg", ".ptb"), _trees),
    "folder": ((), _folder),
}
"""The one registry: endings of file names that speak for a format, and its reader."""


def guess_labelled_format(path: Path | str) -> str:
    """Tell a file's format by its ending, or by its being a folder; a last `.gz` does not count.

    Returns:
        A key of `READERS`.

    Raises:
        ConfigError: The ending speaks for none.
    """
    if Path(path).is_dir():
        return "folder"
    return format_by_ending(path, {name: endings for name, (endings, _) in READERS.items()})


def read_labelled(
    path: Path | str,
    format_name: str | None = None,
    options: LabelledOptions | None = None,
    on_error: OnError = stop,
) -> Iterator[LabelledText]:
    """Read labelled texts.

    Args:
        path: A file, plain or gzipped, or a folder.
        format_name: A key of `READERS`; None to tell it by the ending, or by its being a folder.
        options: How to read it; None for the defaults.
        on_error: Told of each text that cannot be read; by default raises the error.

    Returns:
        The texts in the order of the file, read as they are asked for.

    Raises:
        ConfigError: The format is unknown.
        DataError: While iterating: the file cannot be read, or `on_error` raises.
    """
    name = named_format(format_name or guess_labelled_format(path), READERS)
    return READERS[name][1](path, options or LabelledOptions(), on_error)
