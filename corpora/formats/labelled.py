"""Files of labelled texts. What reads a format is imported when a file of this format is read."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from os.path import isdir
from pathlib import Path
from typing import TYPE_CHECKING, Self, TypeAlias

from seqnlp.corpora.formats.reader import Format, Reader
from seqnlp.corpora.formats.table_options import CSV, TSV, Dialect, TableOptions, is_number
from seqnlp.corpora.problems import OnError, Problems
from seqnlp.data.format_options import gold_option, option
from seqnlp.errors import ConfigError
from seqnlp.records import LabelledText, Origin
from seqnlp.text.json_values import JSON_ENDINGS

if TYPE_CHECKING:
    from seqnlp.corpora.checks.labelled import LabelledSummary


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledOptions(TableOptions):
    """Options for files of labelled texts.

    Raises:
        ConfigError: The delimiter is not one character, or the label separator is empty.
    """

    format: str | None = gold_option(
        None, "File format: csv, tsv, jsonl, trees or folder; the file ending selects it by default"
    )
    text_column: str = option("text", "Column or JSON key of the text; in tables also a number from 0")
    label_column: str = gold_option(
        "label", "Column or JSON key of the label; in tables also a number from 0"
    )
    label_separator: str | None = gold_option(
        None, "Separator of labels, for texts with any number of labels; each text has one label by default"
    )
    phrases: bool = gold_option(False, "Trees: read every phrase as a text, not only whole sentences")
    binary: bool = gold_option(False, "Trees: read the labels negative and positive, and omit neutral texts")

    @property
    def has_header(self) -> bool:
        """True if the first row of a table names the columns. It does unless all are given by numbers."""
        return not (is_number(self.text_column) and is_number(self.label_column))

    def for_input(self, given: Collection[str]) -> Self:
        """Return the options for input. A number of the text's column then means a table without header."""
        numbered = "text_column" in given and is_number(self.text_column)
        return replace(self, label_column=self.text_column) if numbered else self

    def __post_init__(self) -> None:
        TableOptions.__post_init__(self)  # super() does not work in classes with slots
        if self.label_separator == "":
            raise ConfigError("the label separator is empty; omit it if each text has one label")


_Read: TypeAlias = Callable[[Path | str, LabelledOptions, OnError], Iterator[LabelledText]]


def _table(dialect: Dialect) -> _Read:
    def read(path: Path | str, options: LabelledOptions, on_error: OnError) -> Iterator[LabelledText]:
        from seqnlp.corpora.formats.label_sets import split_labels
        from seqnlp.corpora.formats.tables import read_table

        def to_record(cells: Sequence[str], origin: Origin) -> LabelledText:
            text, label = cells
            return LabelledText(text, split_labels(label, options.label_separator), origin)

        chosen = options.dialect(dialect)
        columns = {"text_column": options.text_column, "label_column": options.label_column}
        return read_table(path, chosen, columns, to_record, on_error)

    return read


def _jsonl(path: Path | str, options: LabelledOptions, on_error: OnError) -> Iterator[LabelledText]:
    from seqnlp.corpora.formats.jsonl import read_labelled_jsonl

    return read_labelled_jsonl(
        path,
        text_column=options.text_column,
        label_column=options.label_column,
        label_separator=options.label_separator,
        on_error=on_error,
    )


def _folder(path: Path | str, options: LabelledOptions, on_error: OnError) -> Iterator[LabelledText]:
    from seqnlp.corpora.formats.folders import read_folder

    return read_folder(path, on_error=on_error)


def _trees(path: Path | str, options: LabelledOptions, on_error: OnError) -> Iterator[LabelledText]:
    from seqnlp.corpora.formats.sentiment_trees import read_sentiment_trees

    return read_sentiment_trees(path, phrases=options.phrases, binary=options.binary, on_error=on_error)


def _summary(options: LabelledOptions, problems: Problems) -> "LabelledSummary":
    from seqnlp.corpora.checks.labelled import LabelledSummary

    return LabelledSummary(options.has_header)


LABELLED: Reader[LabelledText, LabelledOptions] = Reader(
    "labelled texts",
    LabelledOptions,
    {
        "csv": Format("comma-separated columns with a header", (".csv",), _table(CSV)),
        "tsv": Format("tab-separated columns with a header", (".tsv", ".tab"), _table(TSV)),
        "jsonl": Format("JSON with a text and its label", JSON_ENDINGS, _jsonl),
        "trees": Format("sentiment trees in brackets", (".txt", ".mrg", ".ptb"), _trees),
        "folder": Format("one folder per label, one file per text", (), _folder, lambda path, _: isdir(path)),
    },
    _summary,
)
"""The reader of `LabelledText` records."""
