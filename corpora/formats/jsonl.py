"""JSON lines: texts with labelled character spans, as in annotation tools, or with labels."""

import json
from collections.abc import Iterator
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

from seqnlp.corpora.formats.json_objects import check_unicode, get_field, get_string, read_objects
from seqnlp.corpora.formats.label_sets import split_labels
from seqnlp.corpora.problems import OnError, stop
from seqnlp.records import AnnotatedText, LabelledText, Origin, Span


def read_jsonl(path: Path | str, *, on_error: OnError = stop) -> Iterator[AnnotatedText]:
    """Read texts with labelled spans from JSON lines.

    A line is `{"text": "Ada lived in London.", "entities": [[0, 3, "PER"], [13, 19, "LOC"]]}`. An entity may
    also be `{"start": 0, "end": 3, "label": "PER"}`. Offsets count characters (Unicode code points), and
    `end` is exclusive. Other keys and blank lines are ignored.

    Args:
        path: A file, plain or gzipped, in UTF-8.
        on_error: Receives each line that cannot be read; by default the first error is raised. A line is
            invalid if it is not a JSON object, a key is missing or of the wrong type, the text is blank, or
            a span is empty, exceeds the text or overlaps another.

    Yields:
        The texts in the order of the file. Spans are sorted by offset.

    Raises:
        DataError: The file cannot be read or contains no text, or `on_error` raises.
    """
    yield from read_objects(path, _annotated, on_error)


def read_labelled_jsonl(
    path: Path | str,
    *,
    text_column: str = "text",
    label_column: str = "label",
    label_separator: str | None = None,
    on_error: OnError = stop,
) -> Iterator[LabelledText]:
    """Read labelled texts from JSON lines: `{"text": "A fine film.", "label": "positive"}`.

    Args:
        path: A file, plain or gzipped, in UTF-8.
        text_column: The key of the text.
        label_column: The key of the label, which may also be a number or a boolean.
        label_separator: Separator of labels, for texts with any number of labels. The value may also be a
            list. None if each text has one label.
        on_error: Receives each line that cannot be read; by default the first error is raised. A line is
            invalid if it is not a JSON object, or a key is missing or of the wrong type.

    Yields:
        The texts in the order of the file.

    Raises:
        DataError: The file cannot be read or contains no text, or `on_error` raises.
    """
    to_record = partial(
        _labelled, text_column=text_column, label_column=label_column, separator=label_separator
    )
    yield from read_objects(path, to_record, on_error)


def _labelled(
    value: Any, origin: Origin, text_column: str, label_column: str, separator: str | None
) -> LabelledText:
    text = get_string(value, text_column, "text")
    if separator is None:
        label = get_field(value, label_column, (str, int, float), "a string or a number")
    else:
        label = get_field(value, label_column, (str, int, float, list), "a string, a number or a list")
    if not isinstance(label, list):
        return LabelledText(text, split_labels(_name(label), separator), origin)
    names = [split_labels(_name(each), None) for each in label]
    return LabelledText(text, tuple(dict.fromkeys(name for (name,) in names)), origin)


def _name(label: Any) -> str:
    if not isinstance(label, str | int | float):
        raise ValueError(f"a label is not a string or a number: {json.dumps(label)[:80]}")
    return check_unicode(label if isinstance(label, str) else json.dumps(label), "label")


def _annotated(value: Any, origin: Origin) -> AnnotatedText:
    text, entities = get_string(value, "text", "text"), get_field(value, "entities", (list,), "a list")
    if not text.strip():
        raise ValueError("the text is blank")
    spans = sorted((_span(entity, text) for entity in entities), key=lambda span: span.start)
    for one, other in pairwise(spans):
        if one.end > other.start:
            raise ValueError(f"{_describe(one)} and {_describe(other)} overlap")
    return AnnotatedText(text, tuple(spans), origin)


def _span(entity: Any, text: str) -> Span:
    if isinstance(entity, dict):
        entity = [entity.get(key) for key in ("start", "end", "label")]
    match entity:
        case [int(start), int(end), str(label)] if label and not {type(start), type(end)} & {bool}:
            span = Span(check_unicode(label, "label"), start, end)
        case _:
            raise ValueError(f"an entity is not [start, end, label]: {json.dumps(entity)[:80]}")
    if start == end:
        raise ValueError(f"{_describe(span)} is empty")
    if not 0 <= start < end <= len(text):
        raise ValueError(f"{_describe(span)} exceeds the text of {len(text)} characters")
    return span


def _describe(span: Span) -> str:
    return f"the entity {span.label!r} [{span.start}, {span.end}]"
