"""JSON lines of raw text with labelled character spans, as annotation tools write them."""

import json
from collections.abc import Iterator
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

from seqnlp.corpora.lines import Line, check_utf8, read_lines
from seqnlp.corpora.problems import OnError, kept, stop
from seqnlp.errors import DataError
from seqnlp.records import AnnotatedText, Origin, Span


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
    lines = (line for line in read_lines(path) if not (line[1].isspace() or line[1] == ""))
    for _, record in kept(lines, partial(_parse, path=path), on_error, DataError("holds no text", path)):
        yield record


def _parse(line: Line, path: Path | str) -> AnnotatedText:
    check_utf8(line, path)
    number, source = line
    try:
        text, spans = _content(json.loads(source))
    except json.JSONDecodeError as error:
        raise DataError(f"no JSON: {error.msg}, at column {error.colno}", path, number) from None
    except RecursionError:
        raise DataError("JSON nested too deep", path, number) from None
    except ValueError as error:
        raise DataError(str(error), path, number) from None
    return AnnotatedText(text, spans, Origin(str(path), number))


def _content(value: Any) -> tuple[str, tuple[Span, ...]]:
    """Check the JSON value of a line; `ValueError` says what is wrong with it."""
    if not isinstance(value, dict):
        raise ValueError("no JSON object")
    for key, kind in (("text", str), ("entities", list)):
        if key not in value:
            raise ValueError(f"no {key!r}")
        if not isinstance(value[key], kind):
            raise ValueError(f"{key!r} is no {'string' if kind is str else 'list'}")
    text = _unicode(value["text"], "text")
    if not text.strip():
        raise ValueError("the text is blank")
    spans = sorted((_span(entity, text) for entity in value["entities"]), key=lambda span: span.start)
    for one, other in pairwise(spans):
        if one.end > other.start:
            raise ValueError(f"{_described(one)} and {_described(other)} overlap")
    return text, tuple(spans)


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
