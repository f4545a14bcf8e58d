"""Input of `seqnlp predict`: items read from lines of text, tokens or JSON."""

import json
import math
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from seqnlp.errors import DataError, OnError, stop
from seqnlp.serving.rows import Rows
from seqnlp.text.utf8 import Line, check_utf8
from seqnlp.types import JsonObject


@dataclass(frozen=True, slots=True)
class Item:
    """One input, with the fields that the output repeats.

    Attributes:
        content: The input of the model: a text, the words of a sentence, or another type of the task.
        size: The approximate size in characters, with everything that the item holds. Items are predicted in
            chunks of a limited size.
        fields: The fields of a JSON object or of a table row that the output repeats.
        rows: The lines of a sentence with one word per line.
        line: The number of its first line, for messages.
    """

    content: Any
    size: int
    fields: JsonObject = field(default_factory=dict)
    rows: Rows | None = None
    line: int = field(default=1, compare=False)


class ItemReader(Protocol):
    """Reads items from the lines of an input."""

    def __call__(self, lines: Iterable[Line], name: str, on_error: OnError = stop) -> Iterator[Item]:
        """Read items one by one.

        Args:
            lines: The lines of the input.
            name: The name of the input, for messages.
            on_error: Receives each item that cannot be read; by default the first error is raised.
        """
        ...


@dataclass(frozen=True, slots=True)
class InputFormat:
    """A format of the input of `seqnlp predict`.

    Attributes:
        read: Reads the items.
        endings: The endings of file names that select the format.
    """

    read: ItemReader
    endings: tuple[str, ...] = ()


JSON_ENDINGS = (".jsonl", ".ndjson")
"""The endings of files of JSON lines."""


def line_reader(parse: Callable[[Line, str], Item], blank: bool = True) -> ItemReader:
    """Return a reader of items that have a line each.

    Args:
        parse: Returns the item of a line. The second argument is the name of the input. It raises
            `DataError` if the line is invalid.
        blank: Whether a blank line is an item; otherwise it is skipped.
    """

    def read(lines: Iterable[Line], name: str, on_error: OnError = stop) -> Iterator[Item]:
        for line in lines:
            if not blank and not line[1].strip():
                continue
            try:
                check_utf8(line, name)
                item = parse(line, name)
            except DataError as error:
                on_error(error)
                continue
            yield item

    return read


def _parse_text(line: Line, name: str) -> Item:
    number, text = line
    return Item(text, len(text), line=number)


def _parse_tokens(line: Line, name: str) -> Item:
    number, text = line
    words = tuple(word for word in text.replace("\t", " ").split(" ") if word)
    return Item(words, len(text), line=number)


read_texts = line_reader(_parse_text)
"""Reads one text per line. An empty line is an empty text, so that output lines match input lines."""

read_tokens = line_reader(_parse_tokens)
"""Reads one sentence per line, with spaces between its words."""


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
        The reader. It skips blank lines. A line that is not an object with one of the keys is invalid.

    Example:
        >>> read = json_reader({"values": list}, wanted='"values"')
        >>> [item] = read([(1, '{"values": [1, 2], "id": 7}')], "series.jsonl")
        >>> item.content, item.fields
        ([1, 2], {'values': [1, 2], 'id': 7})
    """

    def parse(line: Line, name: str) -> Item:
        number, source = line
        value = _parse_json(source, name, number)
        key = next((each for each in keys if isinstance(value, dict) and each in value), None)
        if key is None:
            raise DataError(f"expected an object with {wanted}", name, number)
        try:
            content = keys[key](value[key])
        except ValueError as error:
            raise DataError(f'"{key}" {error}', name, number) from None
        if key in repeated:
            del value[key]
        return Item(content, len(source), value, line=number)

    return line_reader(parse, blank=False)


def _parse_json(source: str, name: str, number: int) -> Any:
    try:
        return json.loads(source, parse_float=_finite, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        raise DataError(f"not JSON: {error.msg} at character {error.pos + 1}", name, number) from None
    except ValueError as error:  # a number that Python cannot represent
        raise DataError(f"JSON that cannot be read: {error}", name, number) from None
    except RecursionError:
        raise DataError("JSON that cannot be read: nested too deeply", name, number) from None


def _finite(digits: str) -> float:
    """Return a number of JSON. An infinite one could not be written again."""
    number = float(digits)
    if math.isinf(number):
        raise ValueError(f"the number {digits[:40]} is too large")
    return number


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not a number of JSON")


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("is not a string")
    return value


def _words(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(word, str) and word for word in value):
        raise ValueError("is not a list of words")
    return tuple(value)


def text_object_reader(key: str = "text") -> ItemReader:
    """Return a reader of JSON lines with a text, or with the words of a sentence under `tokens` or `words`.

    Args:
        key: The key of the text. `text` is also accepted.
    """
    keys = {key: _text, "text": _text, "tokens": _words, "words": _words}
    wanted = " or ".join(f'"{each}"' for each in keys)
    return json_reader(keys, repeated=("text",), wanted=wanted)


read_text_objects = text_object_reader()
"""Reads one JSON object per line, with `text`, `tokens` or `words`."""
