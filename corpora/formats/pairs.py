"""The formats that pairs of a text and what it is to become come in, such as translations."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from seqnlp.corpora.formats.aligned import aligned_files, read_aligned
from seqnlp.corpora.formats.endings import format_by_ending, named_format
from seqnlp.corpora.formats.json_objects import read_objects, string_of
from seqnlp.corpora.formats.tables import check_delimiter, read_table
from seqnlp.corpora.problems import OnError, stop
from seqnlp.errors import ConfigError
from seqnlp.records import Origin, SentencePair


@dataclass(frozen=True, slots=True)
class PairOptions:
    """How to read a file, where its format leaves a choice.

    Attributes:
        pair: Two files, line by line: their endings, first the source's, parted by a hyphen: `en-de`.
        delimiter: Tables: what parts columns; None for a comma in CSV and a tab in TSV.
        source_column: Tables and JSON lines: the name of the source's column or key; of tables also its
            number.
        target_column: The same of the target.
    """

    pair: str | None = None
    delimiter: str | None = None
    source_column: str = "source"
    target_column: str = "target"

    def __post_init__(self) -> None:
        check_delimiter(self.delimiter)
        if self.pair is not None:
            endings = self.pair.split("-")
            if len(endings) != 2 or not all(endings) or endings[0] == endings[1]:
                raise ConfigError(
                    f"a pair is two endings parted by a hyphen, such as en-de, not {self.pair!r}"
                )


Reader: TypeAlias = Callable[[Path | str, PairOptions, OnError], Iterator[SentencePair]]


def _aligned(path: Path | str, options: PairOptions, on_error: OnError) -> Iterator[SentencePair]:
    if options.pair is None:
        raise ConfigError(f"{path}: two files line by line need the pair of their endings, such as en-de")
    source, target = aligned_files(path, options.pair)
    return read_aligned(source, target, on_error=on_error)


def _table(delimiter: str) -> Reader:
    def read(path: Path | str, options: PairOptions, on_error: OnError) -> Iterator[SentencePair]:
        columns = (options.source_column, options.target_column)
        return read_table(path, options.delimiter or delimiter, columns, _paired, on_error)

    return read


def _paired(cells: Sequence[str], origin: Origin) -> SentencePair:
    source, target = cells
    return SentencePair(source, target, origin)


def _jsonl(path: Path | str, options: PairOptions, on_error: OnError) -> Iterator[SentencePair]:
    def paired(value: Any, origin: Origin) -> SentencePair:
        source = string_of(value, options.source_column, "source")
        return SentencePair(source, string_of(value, options.target_column, "target"), origin)

    return read_objects(path, paired, on_error)


READERS: dict[str, tuple[tuple[str, ...], Reader]] = {
    "aligned": ((), _aligned),
    "csv": ((".csv",), _table(",")),
    "tsv": ((".tsv", ".tab"), _table("\t")),
    "jsonl": ((".jsonl", ".ndjson"), _jsonl),
}
"""The one registry: endings of file names that speak for a format, and its reader."""


def guess_pair_format(path: Path | str, pair: str | None = None) -> str:
    """Tell a file's format by its ending; a last `.gz` does not count.

    Args:
        path: The file; with a pair, what the names of the two files begin with.
        pair: The endings of two files, if there are two.

    Returns:
        A key of `READERS`.

    Raises:
        ConfigError: There is no pair, and the ending speaks for no format.
    """
    if pair is not None:
        return "aligned"
    try:
        return format_by_ending(path, {name: endings for name, (endings, _) in READERS.items() if endings})
    except ConfigError as error:
        raise ConfigError(f"{error}, or a pair of endings, such as en-de") from None


def read_pairs(
    path: Path | str,
    format_name: str | None = None,
    options: PairOptions | None = None,
    on_error: OnError = stop,
) -> Iterator[SentencePair]:
    """Read pairs.

    With the pair `en-de`, `train` stands for the files `train.en` and `train.de`, or either with `.gz`.

    Args:
        path: A file, plain or gzipped; with a pair, what the names of the two files begin with.
        format_name: A key of `READERS`; None for two files where there is a pair, else to tell it by the
            ending.
        options: How to read it; None for the defaults.
        on_error: Told of each pair that cannot be read; by default raises the error.

    Returns:
        The pairs in the order of the file, read as they are asked for; either side may be empty.

    Raises:
        ConfigError: The format is unknown, or a pair is given for one file, or none for two.
        DataError: One of the two files is missing; or, while iterating, a file cannot be read, or
            `on_error` raises.
    """
    options = options or PairOptions()
    name = named_format(format_name or guess_pair_format(path, options.pair), READERS)
    if options.pair is not None and name != "aligned":
        raise ConfigError(
            f"the pair {options.pair} is of two files line by line; {path} is to be read as {name}"
        )
    return READERS[name][1](path, options, on_error)
