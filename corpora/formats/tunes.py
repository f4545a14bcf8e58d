"""Files of tunes in ABC notation."""

import re
from collections.abc import Iterator
from pathlib import Path

from seqnlp.corpora.formats.lines import Line, read_lines
from seqnlp.errors import DataError
from seqnlp.text.tunes import plain_tune

_OTHER_LINE = re.compile(r"\s*(?:[A-JL-WYZa-z+]:(?![|:])|%)")
"""Matches comments and fields, except for the number X: and the key K: of a tune."""


def read_tunes(path: Path | str) -> Iterator[tuple[int, str] | DataError]:
    """Read the tunes of a file one by one, in constant memory, in the form of `plain_tune`.

    A tune ends at a blank line or at the next field `X:`. Fields and comments at the start of a file that
    belong to no tune are skipped.

    Args:
        path: The file.

    Yields:
        The number of the first line and the text of each tune, or the error of an invalid one.

    Raises:
        DataError: The file cannot be read.
    """
    for lines in _blocks(path):
        number = lines[0][0]
        try:
            yield number, plain_tune("\n".join(text for _, text in lines))
        except ValueError as error:
            yield DataError(str(error), path, number)


def _blocks(path: Path | str) -> Iterator[list[Line]]:
    block = list[Line]()
    for line in read_lines(path):
        if block and (not line[1].strip() or line[1].startswith("X:")):
            if _is_tune(block):
                yield block
            block = []
        if line[1].strip():
            block.append(line)
    if block and _is_tune(block):
        yield block


def _is_tune(block: list[Line]) -> bool:
    return not all(_OTHER_LINE.match(text) for _, text in block)
