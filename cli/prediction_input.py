"""What is to be tagged, read as a stream from text, tokens, CoNLL columns or JSON lines."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from seqnlp.errors import DataError

if TYPE_CHECKING:
    from seqnlp.corpora.formats.lines import Line
    from seqnlp.records import ParseTree

Lines: TypeAlias = "Iterable[Line]"


@dataclass(frozen=True, slots=True)
class Item:
    """One input and what has to come back with its prediction.

    Attributes:
        content: A text, or words that are cut already, or a tree.
        fields: Further fields of a JSON line.
        rows: The lines of a CoNLL sentence.
    """

    content: "str | tuple[str, ...] | ParseTree"
    fields: Mapping[str, Any] = field(default_factory=dict)
    rows: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """About how much memory it takes, in characters."""
        if isinstance(self.content, str):
            return len(self.content)
        words = self.content if isinstance(self.content, tuple) else self.content.words
        return sum(map(len, words)) + len(words)


def _text(lines: Lines, name: str) -> Iterator[Item]:
    """A text a line; an empty line is an empty text, so that outputs line up with inputs."""
    for _, line in lines:
        yield Item(line)


def _tokens(lines: Lines, name: str) -> Iterator[Item]:
    """A sentence a line, its words parted by white space."""
    for _, line in lines:
        yield Item(tuple(line.split()))


def _conll(lines: Lines, name: str) -> Iterator[Item]:
    """A word a line, in the first column; blank lines part sentences.

    The beginning of a document, a line with the marker `-DOCSTART-`, is an item without words.
    """
    from seqnlp.corpora.formats.conll import DOCUMENT  # not for a text on the command line

    rows: list[str] = []
    for _, line in lines:
        marker = line.startswith(DOCUMENT)
        if line.strip() and not marker:
            rows.append(line)
            continue
        if rows:
            yield _sentence(rows)
            rows = []
        if marker:
            yield Item((), rows=(line,))
    if rows:
        yield _sentence(rows)


def _sentence(rows: list[str]) -> Item:
    # Other white space (U+00A0, U+2028, …) is part of a word, as in training.
    return Item(tuple(row.replace("\t", " ").lstrip(" ").partition(" ")[0] for row in rows), rows=tuple(rows))


def _jsonl(lines: Lines, name: str) -> Iterator[Item]:
    """An object a line, with `text` or `tokens`."""
    for number, line in lines:
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except json.JSONDecodeError as error:
            raise DataError(f"not JSON: {error.msg} at character {error.pos + 1}", name, number) from None
        except ValueError as error:  # an integer too long for Python
            raise DataError(f"not JSON that can be read: {error}", name, number) from None
        except RecursionError:
            raise DataError("not JSON that can be read: nested too deeply", name, number) from None
        yield _object(value, name, number)


def _object(value: Any, name: str, number: int) -> Item:
    if not isinstance(value, dict) or not ("text" in value or "tokens" in value):
        raise DataError('an object with "text" or "tokens" is wanted', name, number)
    if "text" in value:
        if not isinstance(value["text"], str):
            raise DataError('"text" is no string', name, number)
        return Item(value["text"], fields=_further(value))
    words = value["tokens"]
    if not isinstance(words, list) or not all(isinstance(word, str) and word for word in words):
        raise DataError('"tokens" is no list of words', name, number)
    return Item(tuple(words), fields=_further(value))


def _further(value: Mapping[str, Any]) -> dict[str, Any]:
    return {key: each for key, each in value.items() if key not in ("text", "tokens", "entities")}


def trees(lines: Lines, name: str) -> Iterator[Item]:
    """A tree a line, in brackets; blank lines mean nothing."""
    from seqnlp.trees.brackets import BracketError, parse_tree

    for line in lines:
        if not line[1].strip():
            continue
        try:
            yield Item(parse_tree([line]))
        except BracketError as error:
            raise DataError(str(error), name, line[0]) from None


READERS: Mapping[str, Callable[[Lines, str], Iterator[Item]]] = {
    "text": _text,
    "tokens": _tokens,
    "conll": _conll,
    "jsonl": _jsonl,
}
"""The one registry of input formats."""


def chunks(items: Iterable[Item], size: int, drained: Callable[[], bool]) -> Iterator[list[Item]]:
    """Group items until they take `size` characters, or no more are there yet; one item at least."""
    chunk: list[Item] = []
    held = 0
    for item in items:
        chunk.append(item)
        held += item.size + 1
        if held >= size or drained():
            yield chunk
            chunk, held = [], 0
    if chunk:
        yield chunk
