"""Files of pairs, such as sentences and their translations.

What reads a format is imported when a file of this format is read.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from os.path import isfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeAlias

from seqnlp.corpora.formats.reader import Format, Reader
from seqnlp.corpora.formats.table_options import CSV, TSV, Dialect, TableOptions, is_number
from seqnlp.corpora.problems import OnError, Problems
from seqnlp.data.format_options import gold_option, option
from seqnlp.errors import ConfigError
from seqnlp.records import Origin, SentencePair
from seqnlp.text.json_values import JSON_ENDINGS

if TYPE_CHECKING:
    from seqnlp.corpora.checks.pairs import PairSummary
    from seqnlp.corpora.formats.tables import FindColumns

_ALIGNED = "aligned"


@dataclass(frozen=True, slots=True, kw_only=True)
class PairOptions(TableOptions):
    """Options for files of pairs.

    Raises:
        ConfigError: The pair is not two different endings, a pair is given with a format other than
            `aligned`, or the delimiter is not one character.
    """

    format: str | None = gold_option(
        None, "File format: aligned, csv, tsv or jsonl; the file ending or a pair selects it by default"
    )
    pair: str | None = gold_option(
        None, "Endings of two aligned files, source first: with en-de, train means train.en and train.de"
    )
    source_column: str = option("source", "Column or JSON key of the source; in tables also a number from 0")
    target_column: str = gold_option(
        "target", "Column or JSON key of the target; in tables also a number from 0"
    )

    @property
    def has_header(self) -> bool:
        """True if the first row of a table names the columns. It does unless all are given by numbers."""
        return not (is_number(self.source_column) and is_number(self.target_column))

    @property
    def find_columns(self) -> "FindColumns | None":
        """Finds the sentences in a table without header, unless columns are given."""
        default = (self.source_column, self.target_column) == ("source", "target")
        return sentence_columns if default else None

    def for_input(self, given: Collection[str]) -> Self:
        """Return the options for input. A number of the source's column then means a table without header."""
        numbered = "source_column" in given and is_number(self.source_column)
        return replace(self, target_column=self.source_column) if numbered else self

    @classmethod
    def contradicted(cls, stored: Mapping[str, Any], given: Mapping[str, Any]) -> Collection[str]:
        """Return `format` or `pair` if only one of them can be used: a pair selects two aligned files."""
        chosen = {**stored, **given}
        if chosen.get("pair") is None or chosen.get("format") in (None, _ALIGNED):
            return ()
        return ("format",) if given.get("pair") is not None else ("pair",)

    def __post_init__(self) -> None:
        TableOptions.__post_init__(self)  # super() does not work in classes with slots
        if self.pair is None:
            return
        endings = self.pair.split("-")
        if len(endings) != 2 or not all(endings) or endings[0] == endings[1]:
            raise ConfigError(
                f"a pair is two different endings joined by a hyphen, such as en-de, not {self.pair!r}"
            )
        if self.format not in (None, _ALIGNED):
            raise ConfigError(
                f"the pair {self.pair} selects two aligned files, but the format is {self.format}"
            )


def sentence_columns(row: Sequence[str]) -> Sequence[int]:
    """Return the columns of sentences in a first row as Tatoeba exports it.

    Such a row also has numbers or an attribution, which a header has not.

    Returns:
        The numbers of the columns; none if all cells can be names of columns.
    """
    others = {place for place, cell in enumerate(row) if cell.isdecimal() or cell.startswith("CC-BY ")}
    return [place for place in range(len(row)) if place not in others] if others else []


_Read: TypeAlias = Callable[[Path | str, PairOptions, OnError], Iterator[SentencePair]]


def _aligned(path: Path | str, options: PairOptions, on_error: OnError) -> Iterator[SentencePair]:
    from seqnlp.corpora.formats.aligned import read_aligned

    return read_aligned(*_files(path, options), on_error=on_error)


def _files(path: Path | str, options: PairOptions) -> tuple[str, str]:
    if options.pair is None:
        raise ConfigError(f"{path}: aligned files need a pair of endings, such as en-de")
    from seqnlp.corpora.formats.aligned import aligned_files

    return aligned_files(path, options.pair)


def _is_pair(path: Path | str, options: PairOptions) -> bool:
    """Return whether a path stands for two files. It is a file of its own if it exists and they do not."""
    if options.pair is None or options.format not in (None, _ALIGNED):
        return False
    return not isfile(path) or isfile(f"{path}.{options.pair.partition('-')[0]}")


def _table(dialect: Dialect) -> _Read:
    def read(path: Path | str, options: PairOptions, on_error: OnError) -> Iterator[SentencePair]:
        from seqnlp.corpora.formats.tables import read_table

        chosen = options.dialect(dialect)
        columns = {"source_column": options.source_column, "target_column": options.target_column}
        return read_table(path, chosen, columns, _to_record, on_error, options.find_columns)

    return read


def _to_record(cells: Sequence[str], origin: Origin) -> SentencePair:
    source, target = cells
    return SentencePair(source, target, origin)


def _jsonl(path: Path | str, options: PairOptions, on_error: OnError) -> Iterator[SentencePair]:
    from seqnlp.corpora.formats.json_objects import get_string, read_objects

    def to_record(value: Any, origin: Origin) -> SentencePair:
        source = get_string(value, options.source_column, "source")
        return SentencePair(source, get_string(value, options.target_column, "target"), origin)

    return read_objects(path, to_record, on_error)


def _summary(options: PairOptions, problems: Problems) -> "PairSummary":
    from seqnlp.corpora.checks.pairs import PairSummary

    return PairSummary()


PAIRS: Reader[SentencePair, PairOptions] = Reader(
    "pairs",
    PairOptions,
    {
        _ALIGNED: Format(
            "two files, by a pair of endings such as en-de",
            (),
            _aligned,
            selects=_is_pair,
            files=_files,
        ),
        "csv": Format("comma-separated columns with a header", (".csv",), _table(CSV)),
        "tsv": Format("tab-separated columns with a header", (".tsv", ".tab"), _table(TSV)),
        "jsonl": Format("JSON with a source and a target", JSON_ENDINGS, _jsonl),
    },
    _summary,
)
"""The reader of `SentencePair` records. Either side may be empty."""
