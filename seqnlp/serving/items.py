"""Input of `seqnlp predict`: items read from lines of text, tokens, columns or JSON."""

import json
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from seqnlp.errors import DataError
from seqnlp.types import JsonObject

_DOCUMENT = "-DOCSTART-"

Line: TypeAlias = tuple[int, str]
"""The number of a line, counted from 1, and its text without the line break."""


@dataclass(frozen=True, slots=True)
class Item:
    """One input, with the fields that the output repeats.

    Attributes:
        content: The input of the model: a text, the words of a sentence, or another type of the task.
        size: The approximate size in characters. Items are predicted in chunks of a limited size.
        fields: The fields of a JSON object that the output repeats.
        rows: The lines of a sentence in columns.
    """

    content: Any
    size: int
    fields: JsonObject = field(default_factory=dict)
    rows: tuple[str, ...] = ()


ItemReader: TypeAlias = Callable[[Iterable[Line], str], Iterator[Item]]
"""Reads items from the lines of an input. The second argument is the name of the input, for messages."""


def read_texts(lines: Iterable[Line], name: str) -> Iterator[Item]:
    """Read one text per line. An empty line is an empty text, so that output lines match input lines."""
    for _, line in lines:
        yield Item(line, len(line))


def read_tokens(lines: Iterable[Line], name: str) -> Iterator[Item]:
    """Read one sentence per line, with spaces between its words."""
    for _, line in lines:
        yield Item(tuple(line.split()), len(line))


def read_columns(lines: Iterable[Line], name: str) -> Iterator[Item]:
    """Read one word per line, from the first column. Blank lines end sentences.

    A line with the document marker `-DOCSTART-` is an item without words.
    """
    rows: list[str] = []
    for _, line in lines:
        marker = line.startswith(_DOCUMENT)
        if line.strip() and not marker:
            rows.append(line)
            continue
        if rows:
            yield _sentence(rows)
            rows = []
        if marker:
            yield Item((), len(line), rows=(line,))
    if rows:
        yield _sentence(rows)


def _sentence(rows: list[str]) -> Item:
    # As in training, other white space (U+00A0, U+2028, …) is part of a word.
    words = tuple(row.replace("\t", " ").lstrip(" ").partition(" ")[0] for row in rows)
    return Item(words, sum(map(len, rows)), rows=tuple(rows))


def json_reader(
    keys: Mapping[str, Callable[[Any], Any]], *, repeated: Container[str] = (), wanted: str
) -> ItemReader:
    """Return a reader of JSON lines.

    Args:
        keys: The keys that can contain the content, in order of precedence, each with a function that
            converts its value and raises `ValueError` if that is impossible.
        repeated: The keys that the prediction also has. Their values are not fields of the item.
        wanted: The expected keys, for messages.

    Returns:
        The reader. It skips blank lines, and raises `DataError` for a line that is not an object with one of
        the keys.

    Example:
        >>> read = json_reader({"values": list}, wanted='"values"')
        >>> [item] = read([(1, '{"values": [1, 2], "id": 7}')], "series.jsonl")
        >>> item.content, item.fields
        ([1, 2], {'values': [1, 2], 'id': 7})
    """

    def read(lines: Iterable[Line], name: str) -> Iterator[Item]:
        for number, line in lines:
            if not line.strip():
                continue
            value = _parse(line, name, number)
            key = next((each for each in keys if isinstance(value, dict) and each in value), None)
            if key is None:
                raise DataError(f"expected an object with {wanted}", name, number)
            try:
                content = keys[key](value[key])
            except ValueError as error:
                raise DataError(f'"{key}" {error}', name, number) from None
            if key in repeated:
                del value[key]
            yield Item(content, len(line), value)

    return read


def _parse(line: str, name: str, number: int) -> Any:
    try:
        return json.loads(line)
    except json.JSONDecodeError as error:
        raise DataError(f"not JSON: {error.msg} at character {error.pos + 1}", name, number) from None
    except ValueError as error:  # an integer too long for Python
        raise DataError(f"JSON that cannot be read: {error}", name, number) from None
    except RecursionError:
        raise DataError("JSON that cannot be read: nested too deeply", name, number) from None


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("is not a string")
    return value


def _words(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(word, str) and word for word in value):
        raise ValueError("is not a list of words")
    return tuple(value)


read_text_objects = json_reader(
    {"text": _text, "tokens": _words}, repeated=("text",), wanted='"text" or "tokens"'
)
"""Reads one JSON object per line, with `text` or `tokens`."""
