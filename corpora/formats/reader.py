"""Readers: the file formats of one kind of record, and their options."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

from seqnlp.corpora.problems import OnError, Problems, stop
from seqnlp.data.format_options import FormatOptions
from seqnlp.errors import ConfigError, DataError

if TYPE_CHECKING:
    from seqnlp.corpora.checks.summary import Summary

_BEGINNING = 20  # records

Record = TypeVar("Record")


Options = TypeVar("Options", bound=FormatOptions)


@dataclass(frozen=True, slots=True)
class Format(Generic[Record, Options]):
    """A file format.

    Attributes:
        description: A short description.
        endings: The endings of file names that select the format.
        read: Reads the records of a file one by one.
        selects: Returns whether a path or the options select the format. It has priority over endings.
        files: Returns the files that a path stands for. None if that is the path itself.
    """

    description: str
    endings: tuple[str, ...]
    read: Callable[[Path | str, Options, OnError], Iterator[Record]]
    selects: Callable[[Path | str, Options], bool] | None = None
    files: Callable[[Path | str, Options], tuple[str, ...]] | None = None


def _count(options: Any, problems: Problems) -> "Summary[Any]":
    """Return a summary that only counts records."""
    from seqnlp.corpora.checks.summary import Summary

    return Summary()


@dataclass(frozen=True, slots=True, eq=False)
class Reader(Generic[Record, Options]):
    r"""A reader of one kind of record from files of several formats.

    Attributes:
        name: The plural noun for the records in messages, such as "tagged sentences".
        options: The class of the options.
        formats: The formats by name.
        summary: Returns a new summary, which counts records and reports invalid ones.
        default: The format of files whose path selects none. None makes them an error.
        rank: Its place among the readers that may know a file. Those with a lower rank are tried first, so a
            reader that accepts almost any file has a high one.

    Example:
        >>> from seqnlp.corpora import TAGGED, TaggedOptions
        >>> sentences = TAGGED.read("train.tsv", TaggedOptions(delimiter="\t", tag_column=1))
    """

    name: str
    options: type[Options]
    formats: Mapping[str, Format[Record, Options]]
    summary: "Callable[[Options, Problems], Summary[Record]]" = _count
    default: str | None = None
    rank: int = 0

    def format_of(self, path: Path | str, options: Options | None = None) -> str:
        """Return the name of the format of a file.

        The options may name it. Otherwise the path selects it, by the ending of the file name without `.gz`
        or by being a folder.

        Args:
            path: A file or folder.
            options: The options; None for the defaults.

        Raises:
            ConfigError: The named format is unknown, or the path selects none.
        """
        options = self.options() if options is None else options
        if options.format is not None:
            return check_format(options.format, self.formats)
        found = self._selected(path, options) or self.default
        if found is None:
            raise ConfigError(unknown_ending(path, self.formats))
        return found

    def read(
        self, path: Path | str, options: Options | None = None, on_error: OnError = stop
    ) -> Iterator[Record]:
        """Read a file, plain or gzipped, in constant memory.

        Args:
            path: The file. In some formats a folder, or two file names without ending.
            options: The options; None for the defaults.
            on_error: Receives each record that cannot be read; by default the first error is raised.

        Returns:
            The records in the order of the file.

        Raises:
            ConfigError: The format is unknown, or the options contradict each other.
            DataError: During iteration: the file cannot be read, or `on_error` raises.
        """
        options = self.options() if options is None else options
        return self.formats[self.format_of(path, options)].read(path, options, on_error)

    def files(self, path: Path | str, options: Options | None = None) -> tuple[Path, ...]:
        """Return the files that a path stands for: the path itself, or two aligned files.

        Raises:
            ConfigError: The format is unknown, or the options contradict each other.
            DataError: One of two aligned files is missing.
        """
        options = self.options() if options is None else options
        find = self.formats[self.format_of(path, options)].files
        return (Path(path),) if find is None else tuple(map(Path, find(path, options)))

    def recognizes(self, path: Path | str, options: Options | None = None) -> bool:
        """Return whether one of the first 20 records of a file can be read."""
        problems = 0

        def skip(error: DataError) -> None:
            nonlocal problems
            problems += 1
            if problems == _BEGINNING:
                raise error

        try:
            return next(self.read(path, options, skip), None) is not None
        except (ConfigError, DataError):
            return False

    def knows(self, path: Path | str, options: Options | None = None) -> bool:
        """Return whether this reader has the named format or a format for the path."""
        options = self.options() if options is None else options
        if options.format is not None:
            return options.format in self.formats
        return self._selected(path, options) is not None

    def _selected(self, path: Path | str, options: Options) -> str | None:
        for name, each in self.formats.items():
            if each.selects is not None and each.selects(path, options):
                return name
        ending = Path(path).name.lower().removesuffix(".gz")
        return next((name for name, each in self.formats.items() if ending.endswith(each.endings)), None)


AnyReader: TypeAlias = Reader[Any, Any]
"""A reader of any kind of record."""


def check_format(name: str, formats: Mapping[str, Format[Any, Any]]) -> str:
    """Return the name of a known format.

    Raises:
        ConfigError: The format is unknown. The message suggests a similar name.
    """
    if name in formats:
        return name
    near = get_close_matches(name, formats, 1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    raise ConfigError(f"unknown format {name!r}; {hint}known formats: {', '.join(formats)}")


def unknown_ending(path: Path | str, formats: Mapping[str, Format[Any, Any]]) -> str:
    """Return the message for a path that selects none of the formats."""
    names = (name if each.endings else f"{name} ({each.description})" for name, each in formats.items())
    return f"{path}: the file ending selects no format; choose one: {', '.join(names)}"
