"""JSON lines or a JSON array of objects, and the values of their keys."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from seqnlp.corpora.formats.lines import read_lines
from seqnlp.corpora.problems import OnError, parse_valid
from seqnlp.errors import DataError
from seqnlp.records import Origin
from seqnlp.text.json_values import Value, read_values

Record = TypeVar("Record")


def read_objects(
    path: Path | str, to_record: Callable[[Any, Origin], Record], on_error: OnError
) -> Iterator[Record]:
    """Read a file of JSON lines, or of one JSON array. Blank lines are ignored.

    A file that starts with `[` is an array. It is read as a whole, and JSON lines are read one by one.

    Args:
        path: A file, plain or gzipped, in UTF-8.
        to_record: Converts the value of a line, or an element of the array, to a record, or raises
            `ValueError` if it is invalid.
        on_error: Receives each line or element that cannot be read.

    Yields:
        The records in the order of the file.

    Raises:
        DataError: The file cannot be read, contains no text or a malformed array, or `on_error` raises.
    """
    convert = partial(_convert, path=path, to_record=to_record)
    values = read_values(read_lines(path), path)
    for _, record in parse_valid(values, convert, on_error, DataError("contains no text", path)):
        yield record


def _convert(value: Value, path: Path | str, to_record: Callable[[Any, Origin], Record]) -> Record:
    if isinstance(value.content, DataError):
        raise value.content
    try:
        return to_record(value.content, Origin(str(path), value.line, word_lines=False))
    except ValueError as error:
        raise DataError(str(error), path, value.line) from None


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
