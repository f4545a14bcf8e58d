"""Records of tagged text from JSON values: texts with labelled spans, and words with tags."""

import json
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from seqnlp.corpora.formats.json_objects import check_unicode
from seqnlp.records import AnnotatedText, Origin, Span, TaggedSentence


def annotated_text(text: str, entities: Sequence[Any], origin: Origin) -> AnnotatedText:
    """Return a text with labelled spans.

    Args:
        text: The text.
        entities: The spans: `[start, end, label]` or objects with these keys.
        origin: The file and line.

    Raises:
        ValueError: The text is blank, or a span is malformed, empty, outside the text or overlaps another.
    """
    if not text.strip():
        raise ValueError("the text is blank")
    spans = sorted((_span(entity, text) for entity in entities), key=lambda span: span.start)
    for one, other in pairwise(spans):
        if one.end > other.start:
            raise ValueError(f"{_describe(one)} and {_describe(other)} overlap")
    return AnnotatedText(text, tuple(spans), origin)


def tagged_sentence(words: Any, tags: Any, names: Sequence[str], origin: Origin) -> TaggedSentence:
    """Return words with tags.

    Args:
        words: The words, a list of strings.
        tags: The tags, a list of strings or of indices of `names`.
        names: The names of tags.
        origin: The file and line.

    Raises:
        ValueError: The words or tags are malformed, their numbers differ, or a number has no name.
    """
    match words:
        case [str(), *_] if all(isinstance(word, str) and word for word in words):
            checked = tuple(check_unicode(word, "word") for word in words)
        case _:
            raise ValueError("the words are not a list of strings with at least one character")
    if not isinstance(tags, list) or len(tags) != len(words):
        found = f"{len(tags)} tags" if isinstance(tags, list) else "no list of tags"
        raise ValueError(f"{len(words)} words, but {found}")
    return TaggedSentence(checked, tuple(_tag(tag, names) for tag in tags), origin=origin)


def _tag(tag: Any, names: Sequence[str]) -> str:
    match tag:
        case str() if tag:
            return check_unicode(tag, "tag")
        case bool() | str():
            pass
        case int() if not names:
            raise ValueError("the tags are numbers; --tag-names names them, such as O,B-PER,I-PER")
        case int() if 0 <= tag < len(names):
            return names[tag]
        case int():
            raise ValueError(f"there is no name for the tag {tag}; --tag-names has {len(names)}")
    raise ValueError(f"a tag is not a string or a number: {json.dumps(tag)[:80]}")


def _span(entity: Any, text: str) -> Span:
    match _triple(entity):
        case [int(start), int(end), str(label)] if label and not {type(start), type(end)} & {bool}:
            span = Span(check_unicode(label, "label"), start, end)
        case _:
            raise ValueError(f"an entity is not [start, end, label]: {json.dumps(entity)[:80]}")
    if start == end:
        raise ValueError(f"{_describe(span)} is empty")
    if not 0 <= start < end <= len(text):
        raise ValueError(f"{_describe(span)} exceeds the text of {len(text)} characters")
    return span


def _triple(entity: Any) -> Any:
    """Return start, end and label of an object; any other value is returned as it is."""
    match entity:
        case {"start": start, "end": end, "labels": [label]}:  # Label Studio
            return [start, end, label]
        case {"start_offset": start, "end_offset": end, "label": label}:  # doccano with relations
            return [start, end, label]
        case {"start": start, "end": end, "label": label}:
            return [start, end, label]
    return entity


def _describe(span: Span) -> str:
    return f"the entity {span.label!r} [{span.start}, {span.end}]"
