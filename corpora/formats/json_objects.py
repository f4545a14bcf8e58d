"""JSON lines: an object a line, and what its keys hold."""

import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from seqnlp.corpora.formats.lines import Line, check_utf8, read_lines
from seqnlp.corpora.problems import OnError, kept
from seqnlp.errors import DataError
from seqnlp.records import Origin

Record = TypeVar("Record")


def read_objects(
    path: Path | str, record_of: Callable[[Any, Origin], Record], on_error: OnError
) -> Iterator[Record]:
    """Read a file of JSON lines, plain or gzipped; blank lines do not count.

    Args:
        path: The file, in UTF-8.
        record_of: Makes a record of what a line holds; `ValueError` says what is wrong with it.
        on_error: Told of each line that cannot be read.

    Yields:
        The records in the order of the file.

    Raises:
        DataError: The file cannot be read or has no text; or, unless `on_error` lets it pass, a line is no
            UTF-8, no JSON or no record.
    """
    lines = (line for line in read_lines(path) if line[1].strip())
    parse = partial(_parse, path=path, record_of=record_of)
    for _, record in kept(lines, parse, on_error, DataError("holds no text", path)):
        yield record


def get_field(value: Any, key: str, kinds: tuple[type, ...], kind: str) -> Any:
    """Give what an object has at a key.

    Args:
        value: What a line holds.
        key: The key.
        kinds: The types that it may have.
        kind: What these are called.

    Raises:
        ValueError: It is no object, lacks the key, or has something else there.
    """
    if not isinstance(value, dict):
        raise ValueError("no JSON object")
    if key not in value:
        raise ValueError(f"no {key!r}")
    if not isinstance(value[key], kinds):
        raise ValueError(f"{key!r} is no {kind}")
    return value[key]


def get_string(value: Any, key: str, what: str) -> str:
    """Give the string that an object has at a key.

    Args:
        value: What a line holds.
        key: The key.
        what: What the string is called.

    Raises:
        ValueError: It is no object, lacks the key, or has no string there that can be written out again.
    """
    return check_unicode(get_field(value, key, (str,), "string"), what)


def check_unicode(text: str, what: str) -> str:
    """Pass on a string, unless it holds half of a surrogate pair: JSON can write what UTF-8 cannot.

    Args:
        text: The string.
        what: What it is called.

    Raises:
        ValueError: It cannot be written out again.
    """
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError(f"the {what} holds a lone surrogate, {text[error.start]!r}") from None
    return text


def _parse(line: Line, path: Path | str, record_of: Callable[[Any, Origin], Record]) -> Record:
    check_utf8(line, path)
    number, source = line
    try:
        return record_of(json.loads(source), Origin(str(path), number))
    except json.JSONDecodeError as error:
        raise DataError(f"no JSON: {error.msg}, at column {error.colno}", path, number) from None
    except RecursionError:
        raise DataError("JSON nested too deep", path, number) from None
    except ValueError as error:
        raise DataError(str(error), path, number) from None
