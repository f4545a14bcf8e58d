"""JSON lines or one JSON array, value by value, with the lines where the values start."""

import json
import math
import re
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from seqnlp.errors import DataError
from seqnlp.text.utf8 import Line, check_utf8

JSON_ENDINGS = (".jsonl", ".ndjson", ".json")
"""The endings of files of JSON lines or of one array."""

_START = re.compile(r"\s*")
_SEPARATOR = re.compile(r"\s*(?:,(?!\s*\])\s*|(?=\]))")


class Value(NamedTuple):
    """A value of a file.

    Attributes:
        line: The number of its first line.
        content: The value, or a `DataError` if the line cannot be read.
        size: The number of characters of its source.
    """

    line: int
    content: Any
    size: int


def read_values(lines: Iterable[Line], name: Path | str, *, finite: bool = False) -> Iterator[Value]:
    """Read JSON lines, or one JSON array if the text starts with `[`. Blank lines are ignored.

    An array is read as a whole, and JSON lines are read one by one.

    Args:
        lines: The numbered lines.
        name: The name of the file, for messages.
        finite: Whether to refuse numbers that JSON cannot express: NaN and infinite ones.

    Raises:
        DataError: The array is malformed.

    Example:
        >>> [(value.line, value.content) for value in read_values([(1, "[7,"), (2, "8]")], "a.json")]
        [(1, 7), (2, 8)]
    """
    decoder = json.JSONDecoder(parse_float=_finite, parse_constant=_refuse) if finite else json.JSONDecoder()
    rest = iter(lines)
    blank = list[Line]()
    for line in rest:
        if line[1].strip():
            read = _read_array if line[1].lstrip().startswith("[") else _read_lines
            yield from read(chain(blank, [line], rest), name, decoder)
        blank.append(line)


def _read_lines(lines: Iterable[Line], name: Path | str, decoder: json.JSONDecoder) -> Iterator[Value]:
    for line in lines:
        if line[1].strip():
            yield Value(line[0], _decode(line, name, decoder), len(line[1]))


def _decode(line: Line, name: Path | str, decoder: json.JSONDecoder) -> Any:
    """Return the value of a line, or the error in it."""
    try:
        check_utf8(line, name)
        return decoder.decode(line[1])
    except DataError as error:
        return error
    except (RecursionError, ValueError) as error:
        return _explain(error, name, line[0])


def _read_array(lines: Iterable[Line], name: Path | str, decoder: json.JSONDecoder) -> Iterator[Value]:
    """Yield the elements of an array. A syntax error is raised."""
    text = "\n".join(_checked(lines, name))
    place, before, number = text.index("[") + 1, 0, 1
    try:
        while (separator := (_SEPARATOR if before else _START).match(text, place)) is not None:
            place = separator.end()
            if text.startswith("]", place):
                break
            number += text.count("\n", before, place)
            before = place
            value, place = decoder.raw_decode(text, place)
            yield Value(number, value, place - before)
        else:
            raise json.JSONDecodeError("Expecting ',' delimiter", text, place)
        if text[place + 1 :].strip():
            raise json.JSONDecodeError("Extra data", text, place + 1)
    except (RecursionError, ValueError) as error:
        raise _explain(error, name, getattr(error, "lineno", number)) from None


def _checked(lines: Iterable[Line], name: Path | str) -> Iterator[str]:
    for line in lines:
        check_utf8(line, name)
        yield line[1]


def _explain(error: Exception, name: Path | str, number: int) -> DataError:
    """Return an error about JSON in one line."""
    match error:
        case json.JSONDecodeError():
            return DataError(f"invalid JSON: {error.msg}, at column {error.colno}", name, number)
        case RecursionError():
            return DataError("the JSON is nested too deeply", name, number)
    return DataError(f"invalid JSON: {error}", name, number)  # a number that Python cannot represent


def _finite(digits: str) -> float:
    """Return a number of JSON. An infinite one could not be written again."""
    number = float(digits)
    if math.isinf(number):
        raise ValueError(f"the number {digits[:40]} is too large")
    return number


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not a number of JSON")
