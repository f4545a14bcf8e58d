"""The source side of two aligned files."""

from collections.abc import Callable, Iterator
from pathlib import Path

from seqnlp.errors import ConfigError, OnError
from seqnlp.serving.items import Item, read_texts


def source_opener(pair: str | None) -> Callable[[Path, OnError], Iterator[Item]]:
    """Return a function that reads the source side of two aligned files.

    Args:
        pair: Their endings, joined by a hyphen. Without them, opening raises `ConfigError`.
    """

    def open_source(path: Path, on_error: OnError) -> Iterator[Item]:
        from seqnlp.corpora.formats.aligned import aligned_files
        from seqnlp.corpora.formats.lines import read_lines

        if pair is None:
            raise ConfigError(f"{path}: aligned files need a pair of endings, such as en-de")
        source, _ = aligned_files(path, pair)
        lines = ((number, text.strip()) for number, text in read_lines(source))
        return read_texts(lines, source, on_error)

    return open_source
