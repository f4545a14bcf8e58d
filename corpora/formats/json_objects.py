"""JSON lines or a JSON array of objects, and the values of their keys."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from seqnlp.corpora.formats.lines import Line, check_utf8, read_lines
from seqnlp.corpora.problems import OnError, parse_valid
from seqnlp.errors import DataError
from seqnlp.records import Origin

Record = TypeVar("Record")

JSON_ENDINGS = (".jsonl", ".ndjson", ".json")
"""The endings of files of JSON lines or of one array."""
Value: TypeAlias = tuple[int, Any]
"""The number of a line, and the JSON value that starts there or a `DataError`."""

_START = re.compile(r"\s*")
_SEPARATOR = re.compile(r"\s*(?:,(?!\s*\])\s*|(?=\]))")


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
    for _, record in parse_valid(_read_values(path), convert, on_error, DataError("contains no text", path)):
        yield record


def _read_values(path: Path | str) -> Iterator[Value]:
    lines = read_lines(path)
    blank = list[Line]()
    for line in lines:
        if line[1].strip():
            read = _read_array if line[1].lstrip().startswith("[") else _read_json_lines
            yield from read(chain(blank, [line], lines), path)
        blank.append(line)


def _read_json_lines(lines: Iterable[Line], path: Path | str) -> Iterator[Value]:
    for line in lines:
        if line[1].strip():
            try:
                check_utf8(line, path)
                yield line[0], json.loads(line[1])
            except DataError as error:
                yield line[0], error
            except (RecursionError, ValueError) as error:
                yield line[0], _explain(error, path, line[0])


def _read_array(lines: Iterable[Line], path: Path | str) -> Iterator[Value]:
    """Yield the elements of an array, each with the number of its first line. A syntax error is raised."""
    text = "\n".join(_checked(lines, path))
    decode = json.JSONDecoder().raw_decode
    place, before, number = text.index("[") + 1, 0, 1
    try:
        while (separator := (_SEPARATOR if before else _START).match(text, place)) is not None:
            place = separator.end()
            if text.startswith("]", place):
                break
            number += text.count("\n", before, place)
            before = place
            value, place = decode(text, place)
            yield number, value
        else:
            raise json.JSONDecodeError("Expecting ',' delimiter", text, place)
        if text[place + 1 :].strip():
            raise json.JSONDecodeError("Extra data", text, place + 1)
    except (RecursionError, ValueError) as error:
        raise _explain(error, path, getattr(error, "lineno", number)) from None


def _checked(lines: Iterable[Line], path: Path | str) -> Iterator[str]:
    for line in lines:
        check_utf8(line, path)
        yield line[1]


def _explain(error: Exception, path: Path | str, number: int) -> DataError:
    """Return an error about JSON in one line."""
    match error:
        case json.JSONDecodeError():
            return DataError(f"invalid JSON: {error.msg}, at column {error.colno}", path, number)
        case RecursionError():
            return DataError("the JSON is nested too deeply", path, number)
    return DataError(str(error), path, number)


def _convert(value: Value, path: Path | str, to_record: Callable[[Any, Origin], Record]) -> Record:
    number, found = value
    if isinstance(found, DataError):
        raise found
    try:
        return to_record(found, Origin(str(path), number, word_lines=False))
    except ValueError as error:
        raise DataError(str(error), path, number) from None


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
