"""Aligned files: sentences in one file, and their translations on the same lines of another."""

from collections.abc import Iterator
from itertools import zip_longest
from os.path import isfile
from pathlib import Path

from seqnlp.corpora.formats.lines import Line, check_utf8, read_lines
from seqnlp.corpora.problems import OnError, stop
from seqnlp.errors import DataError
from seqnlp.records import Origin, SentencePair


def read_aligned(
    source: Path | str, target: Path | str, *, on_error: OnError = stop
) -> Iterator[SentencePair]:
    """Read pairs from two files, plain or gzipped, line by line.

    Args:
        source: The file of sentences, in UTF-8.
        target: The file of their translations.
        on_error: Receives each pair that cannot be read; by default the first error is raised.

    Yields:
        The pairs in the order of the files. A side may be empty.

    Raises:
        DataError: A file cannot be read, both are empty, their numbers of lines differ, or `on_error` raises.
    """
    number = 0
    for number, (one, other) in enumerate(zip_longest(read_lines(source), read_lines(target)), 1):
        if one is None or other is None:
            raise DataError(_compare_sizes(source, target), source if one is None else target, number)
        try:
            yield SentencePair(_text(one, source), _text(other, target), Origin(str(source), number))
        except DataError as error:
            on_error(error)
    if not number:
        raise DataError("contains no line", source)


def aligned_files(path: Path | str, pair: str) -> tuple[str, str]:
    """Return the names of two aligned files. Either may have the additional ending `.gz`.

    Args:
        path: Their names without ending, such as `train`.
        pair: Their endings, joined by a hyphen: `en-de` for `train.en` and `train.de`.

    Raises:
        DataError: One of them is missing.
    """
    source, target = (_file(f"{path}.{ending}") for ending in pair.split("-"))
    return source, target


def _file(plain: str) -> str:
    for name in (plain, f"{plain}.gz"):
        if isfile(name):
            return name
    raise DataError(f"no such file, nor {plain}.gz", plain)


def _text(line: Line, path: Path | str) -> str:
    check_utf8(line, path)
    return line[1].strip()


def _compare_sizes(source: Path | str, target: Path | str) -> str:
    counts = (f"{path} has {sum(1 for _ in read_lines(path)):,} lines" for path in (source, target))
    return f"{' and '.join(counts)}, but aligned files need the same number"
