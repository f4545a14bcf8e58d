"""Input of `seqnlp predict`: items read from lines of text, tokens or JSON."""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from seqnlp.errors import DataError, OnError, stop
from seqnlp.text.json_values import Value, read_values
from seqnlp.text.utf8 import Line, check_utf8
from seqnlp.types import JsonObject

if TYPE_CHECKING:
    from seqnlp.serving.rows import Rows


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
    rows: "Rows | None" = None
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
        read: Reads the items from lines.
        endings: The endings of file names that select the format.
        open: Reads the items of a path that stands for other files, such as a folder. None if the path is a
            file of lines.
    """

    read: ItemReader
    endings: tuple[str, ...] = ()
    open: Callable[[Path, OnError], Iterator[Item]] | None = None


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


def object_reader(parse: Callable[[JsonObject], tuple[Any, JsonObject]]) -> ItemReader:
    """Return a reader of JSON objects: one per line, or in one array, which is read as a whole.

    Args:
        parse: Returns the content of an object, and the fields that the output repeats. It raises
            `ValueError` if the object is invalid.
    """

    def read(lines: Iterable[Line], name: str, on_error: OnError = stop) -> Iterator[Item]:
        for value in read_values(lines, name, finite=True):
            try:
                item = _to_item(value, parse, name)
            except DataError as error:
                on_error(error)
                continue
            yield item

    return read


def _to_item(value: Value, parse: Callable[[JsonObject], tuple[Any, JsonObject]], name: str) -> Item:
    if isinstance(value.content, DataError):
        raise value.content
    if not isinstance(value.content, dict):
        raise DataError("not a JSON object", name, value.line)
    try:
        content, fields = parse(value.content)
    except ValueError as error:
        raise DataError(str(error), name, value.line) from None
    return Item(content, value.size, fields, line=value.line)


def json_reader(
    keys: Mapping[str, Callable[[Any], Any]], *, repeated: Container[str] = (), wanted: str
) -> ItemReader:
    """Return a reader of JSON objects that have their content under a key.

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

    def parse(value: JsonObject) -> tuple[Any, JsonObject]:
        key, content = find_content(value, keys, wanted)
        return content, {name: each for name, each in value.items() if name != key or key not in repeated}

    return object_reader(parse)


def find_content(value: JsonObject, keys: Mapping[str, Callable[[Any], Any]], wanted: str) -> tuple[str, Any]:
    """Return the first key that an object has, and its converted value, with arguments as for `json_reader`.

    Raises:
        ValueError: The object has none of the keys, or the value cannot be converted.
    """
    key = next((each for each in keys if each in value), None)
    if key is None:
        raise ValueError(f"expected an object with {wanted}")
    try:
        return key, keys[key](value[key])
    except ValueError as error:
        raise ValueError(f'"{key}" {error}') from None


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("is not a string")
    return value


def read_words(value: Any) -> tuple[str, ...]:
    """Return the words of a JSON value.

    Raises:
        ValueError: The value is not a list of strings with at least one character.
    """
    if not isinstance(value, list) or not all(isinstance(word, str) and word for word in value):
        raise ValueError("is not a list of words")
    return tuple(value)


def parse_text_object(value: JsonObject, key: str = "text") -> tuple[Any, JsonObject]:
    """Return the text of an object, or the words of a sentence, and the fields that the output repeats.

    The text is under `key` or `text`, and the words are under `tokens` or `words`. In a task of Label Studio
    they are in the object under `data`.

    Args:
        value: The object.
        key: The key of the text.

    Raises:
        ValueError: The object has none of these keys, or the value has another type.

    Example:
        >>> parse_text_object({"id": 7, "text": "Ada sleeps."})
        ('Ada sleeps.', {'id': 7})
    """
    keys = {key: _text, "text": _text, "tokens": read_words, "words": read_words}
    wanted = " or ".join(f'"{each}"' for each in keys)
    data = value.get("data")
    if isinstance(data, dict) and value.keys().isdisjoint(keys):
        return find_content(data, keys, wanted)[1], value
    found, content = find_content(value, keys, wanted)
    return content, {name: each for name, each in value.items() if name != "text" or found != "text"}


def text_object_reader(key: str = "text") -> ItemReader:
    """Return a reader of JSON objects, each read as `parse_text_object` does."""
    return object_reader(partial(parse_text_object, key=key))


read_text_objects = text_object_reader()
"""Reads JSON objects with `text`, `tokens` or `words`."""
