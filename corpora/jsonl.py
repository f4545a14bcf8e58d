"""JSON lines: texts with labelled character spans, as annotation tools write them, or with a label each."""

import json
from collections.abc import Callable, Iterator
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

from seqnlp.corpora.label_sets import labels_of
from seqnlp.corpora.lines import Line, check_utf8, read_lines
from seqnlp.corpora.problems import OnError, kept, stop
from seqnlp.errors import DataError
from seqnlp.records import AnnotatedText, LabelledText, Origin, Span

Record = TypeVar("Record")


def read_jsonl(path: Path | str, *, on_error: OnError = stop) -> Iterator[AnnotatedText]:
    """Read a file of JSON lines, plain or gzipped, text by text.

    A line is `{"text": "Ada lived in London.", "entities": [[0, 3, "PER"], [13, 19, "LOC"]]}`; an entity may
    also be written `{"start": 0, "end": 3, "label": "PER"}`. Offsets count characters (Unicode code points),
    `end` is exclusive. Other keys and blank lines do not matter.

    Args:
        path: The file, in UTF-8.
        on_error: Told of each line that cannot be read; by default raises the error.

    Yields:
        The texts in the order of the file, the spans of each in the order of their offsets.

    Raises:
        DataError: The file cannot be read or has no text; or, if `on_error` lets it pass, a line is no JSON
            object, a key is missing or of the wrong type, the text is blank, or a span is empty, reaches out
            of the text or overlaps another.
    """
    yield from _read(path, _annotated, on_error)


def read_labelled_jsonl(
    path: Path | str,
    *,
    text_column: str = "text",
    label_column: str = "label",
    label_separator: str | None = None,
    on_error: OnError = stop,
) -> Iterator[LabelledText]:
    """Read a file of JSON lines, plain or gzipped: `{"text": "A fine film.", "label": "positive"}`.

    Args:
        path: The file, in UTF-8.
        text_column: The key of the text.
        label_column: The key of the label; a number or a boolean is a label too.
        label_separator: What parts the labels of a text that may have several, or none; they may also be a
            list.
        on_error: Told of each line that cannot be read; by default raises the error.

    Yields:
        The texts in the order of the file.

    Raises:
        DataError: The file cannot be read or has no text; or, if `on_error` lets it pass, a line is no JSON
            object, or a key is missing or of the wrong type.
    """
    labelled = partial(
        _labelled, text_column=text_column, label_column=label_column, separator=label_separator
    )
    yield from _read(path, labelled, on_error)


def _read(
    path: Path | str, record_of: Callable[[Any, Origin], Record], on_error: OnError
) -> Iterator[Record]:
    lines = (line for line in read_lines(path) if line[1].strip())
    parse = partial(_parse, path=path, record_of=record_of)
    for _, record in kept(lines, parse, on_error, DataError("holds no text", path)):
        yield record


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


def _field(value: Any, key: str, kinds: tuple[type, ...], kind: str) -> Any:
    """A key's value, checked; `ValueError` says what is wrong with it."""
    if not isinstance(value, dict):
        raise ValueError("no JSON object")
    if key not in value:
        raise ValueError(f"no {key!r}")
    if not isinstance(value[key], kinds):
        raise ValueError(f"{key!r} is no {kind}")
    return value[key]


def _labelled(
    value: Any, origin: Origin, text_column: str, label_column: str, separator: str | None
) -> LabelledText:
    text = _unicode(_field(value, text_column, (str,), "string"), "text")
    if separator is None:
        label = _field(value, label_column, (str, int, float), "label: a string or a number is wanted")
    else:
        label = _field(value, label_column, (str, int, float, list), "label, nor a list of labels")
    if not isinstance(label, list):
        return LabelledText(text, labels_of(_name(label), separator), origin)
    names = [labels_of(_name(each), None) for each in label]
    return LabelledText(text, tuple(dict.fromkeys(name for (name,) in names)), origin)


def _name(label: Any) -> str:
    if not isinstance(label, str | int | float):
        raise ValueError(f"a label is no string and no number: {json.dumps(label)[:80]}")
    return _unicode(label if isinstance(label, str) else json.dumps(label), "label")


def _annotated(value: Any, origin: Origin) -> AnnotatedText:
    for key, kind, name in (("text", str, "string"), ("entities", list, "list")):
        _field(value, key, (kind,), name)
    text = _unicode(value["text"], "text")
    if not text.strip():
        raise ValueError("the text is blank")
    spans = sorted((_span(entity, text) for entity in value["entities"]), key=lambda span: span.start)
    for one, other in pairwise(spans):
        if one.end > other.start:
            raise ValueError(f"{_described(one)} and {_described(other)} overlap")
    return AnnotatedText(text, tuple(spans), origin)


def _span(entity: Any, text: str) -> Span:
    if isinstance(entity, dict):
        entity = [entity.get(key) for key in ("start", "end", "label")]
    match entity:
        case [int(start), int(end), str(label)] if label and not {type(start), type(end)} & {bool}:
            span = Span(_unicode(label, "label"), start, end)
        case _:
            raise ValueError(f"an entity is no [start, end, label]: {json.dumps(entity)[:80]}")
    if start == end:
        raise ValueError(f"{_described(span)} is empty")
    if not 0 <= start < end <= len(text):
        raise ValueError(f"{_described(span)} is no span of a text of {len(text)} characters")
    return span


def _described(span: Span) -> str:
    return f"the entity {span.label!r} [{span.start}, {span.end}]"


def _unicode(text: str, what: str) -> str:
    """JSON can write half of a surrogate pair; no such text can be written out again."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError(f"the {what} holds a lone surrogate, {text[error.start]!r}") from None
    return text
