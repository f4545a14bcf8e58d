"""JSON lines: one object per line, and the values of its keys."""

import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from seqnlp.corpora.formats.lines import Line, check_utf8, read_lines
from seqnlp.corpora.problems import OnError, parse_valid
from seqnlp.errors import DataError
from seqnlp.records import Origin

Record = TypeVar("Record")


def read_objects(
    path: Path | str, to_record: Callable[[Any, Origin], Record], on_error: OnError
) -> Iterator[Record]:
    """Read a file of JSON lines. Blank lines are ignored.

    Args:
        path: A file, plain or gzipped, in UTF-8.
        to_record: Converts the value of a line to a record, or raises `ValueError` if it is invalid.
        on_error: Receives each line that cannot be read.

    Yields:
        The records in the order of the file.

    Raises:
        DataError: The file cannot be read or contains no text, or `on_error` raises.
    """
    lines = (line for line in read_lines(path) if line[1].strip())
    parse = partial(_parse, path=path, to_record=to_record)
    for _, record in parse_valid(lines, parse, on_error, DataError("contains no text", path)):
        yield record


def get_field(value: Any, key: str, kinds: tuple[type, ...], kind: str) -> Any:
    """Return the value of a key.

    Args:
        value: The value of a line.
        key: The key.
        kinds: The types that the value may have.
        kind: The name of these types, for the message.

    Raises:
        ValueError: The line is not an object, lacks the key, or has a value of a different type.
    """
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")
    if key not in value:
        raise ValueError(f"the key {key!r} is missing")
    if not isinstance(value[key], kinds):
        raise ValueError(f"{key!r} is not {kind}")
    return value[key]


def get_string(value: Any, key: str, what: str) -> str:
    """Return the string of a key.

    Args:
        value: The value of a line.
        key: The key.
        what: The name of the string, for the message.

    Raises:
        ValueError: The line is not an object or lacks the key, or the value is not a valid string.
    """
    return check_unicode(get_field(value, key, (str,), "a string"), what)


def check_unicode(text: str, what: str) -> str:
    """Return a string if UTF-8 can encode it. JSON may contain lone surrogates, which UTF-8 cannot encode.

    Args:
        text: The string.
        what: The name of the string, for the message.

    Raises:
        ValueError: The string contains a lone surrogate.
    """
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError(f"the {what} contains a lone surrogate, {text[error.start]!r}") from None
    return text


def _parse(line: Line, path: Path | str, to_record: Callable[[Any, Origin], Record]) -> Record:
    check_utf8(line, path)
    number, source = line
    try:
        return to_record(json.loads(source), Origin(str(path), number))
    except json.JSONDecodeError as error:
        raise DataError(f"invalid JSON: {error.msg}, at column {error.colno}", path, number) from None
    except RecursionError:
        raise DataError("the JSON is nested too deeply", path, number) from None
    except ValueError as error:
        raise DataError(str(error), path, number) from None
