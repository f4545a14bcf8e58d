"""JSON objects with a text, or with the words of a sentence and their tags."""

from collections.abc import Iterable, Iterator
from typing import Any

from seqnlp.errors import OnError, stop
from seqnlp.serving.items import Item, ItemReader, object_reader, parse_text_object, read_words
from seqnlp.text.utf8 import Line
from seqnlp.types import JsonObject


def tagged_object_reader(tag_key: str = "tags") -> ItemReader:
    """Return a reader of JSON objects without tags, or with tags, whose words then count.

    Args:
        tag_key: As for `read_jsonl`.
    """

    def read(lines: Iterable[Line], name: str, on_error: OnError = stop) -> Iterator[Item]:
        from seqnlp.corpora.formats.jsonl import find_tagged_words

        def parse(value: JsonObject) -> tuple[Any, JsonObject]:
            words = find_tagged_words(value, tag_key)
            if words is not None:
                return read_words(value[words]), value
            return parse_text_object(value)

        return object_reader(parse)(lines, name, on_error)

    return read
