"""JSON lines: texts with labelled character spans, words with tags, or texts with labels."""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from seqnlp.corpora.formats.annotations import annotated_text, tagged_sentence
from seqnlp.corpora.formats.json_objects import get_field, get_string, read_objects
from seqnlp.corpora.formats.label_sets import name_label, split_labels
from seqnlp.corpora.formats.label_studio import flatten_task
from seqnlp.corpora.problems import OnError, stop
from seqnlp.records import AnnotatedText, LabelledText, Origin, TaggedSentence
from seqnlp.types import JsonObject

_SPAN_KEYS = ("entities", "spans", "label", "labels")
_WORD_KEYS = ("tokens", "words")
_TAG_KEYS = ("ner_tags", "tags", "labels", "entities")


def read_jsonl(
    path: Path | str, *, tag_key: str = "tags", tag_names: Sequence[str] = (), on_error: OnError = stop
) -> Iterator[AnnotatedText | TaggedSentence]:
    """Read texts with labelled spans, or words with tags, from JSON lines or a JSON array.

    A line with spans is `{"text": "Ada lived in London.", "entities": [[0, 3, "PER"], [13, 19, "LOC"]]}`. The
    key of the spans may also be `spans` (Prodigy), `label` or `labels` (doccano), and a span may also be
    `{"start": 0, "end": 3, "label": "PER"}`. Tasks of Label Studio are read, too. Offsets count characters
    (Unicode code points), and `end` is exclusive. Records that were rejected in Prodigy are left out.

    A line with words is `{"tokens": ["Ada", "lived"], "ner_tags": ["B-PER", "O"]}` (Hugging Face datasets).
    The key of the tags may also be `tags`, `labels` or `entities`, and that of the words `words`. Words with
    tags take precedence over a text, as in the Broad Twitter Corpus, which has both.

    Other keys and blank lines are ignored.

    Args:
        path: A file, plain or gzipped, in UTF-8.
        tag_key: The key of the tags, which is tried first.
        tag_names: The names of tags that are numbers.
        on_error: Receives each line that cannot be read; by default the first error is raised. A line is
            invalid if it is not a JSON object, a key is missing or of the wrong type, the text is blank, or
            a span is empty, exceeds the text or overlaps another.

    Yields:
        The records in the order of the file. Spans are sorted by offset.

    Raises:
        DataError: The file cannot be read or contains no text, or `on_error` raises.
    """
    to_record = partial(_annotated, tag_keys=(tag_key, *_TAG_KEYS), tag_names=tag_names)
    for record in read_objects(path, to_record, on_error):
        if record is not None:
            yield record


def read_labelled_jsonl(
    path: Path | str,
    *,
    text_column: str = "text",
    label_column: str = "label",
    label_separator: str | None = None,
    on_error: OnError = stop,
) -> Iterator[LabelledText]:
    """Read labelled texts from JSON lines or a JSON array: `{"text": "A fine film.", "label": "positive"}`.

    Tasks of Label Studio with choices are read, too.

    Args:
        path: A file, plain or gzipped, in UTF-8.
        text_column: The key of the text.
        label_column: The key of the label, which may also be a number, a boolean or a list of labels.
        label_separator: Separator of labels, for texts with any number of labels. None if each text has one
            label.
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
    value = flatten_task(value)
    text = get_string(value, text_column, "text")
    label = get_field(value, label_column, (str, int, float, list), "a string, a number or a list")
    if not isinstance(label, list):
        return LabelledText(text, split_labels(name_label(label), separator), origin)
    names = [split_labels(name_label(each), None) for each in label]
    if separator is None and len(names) != 1:
        raise ValueError(
            f"a list of {len(names)} labels; --label-separator reads texts with any number of labels"
        )
    return LabelledText(text, tuple(dict.fromkeys(name for (name,) in names)), origin)


def _annotated(
    value: Any, origin: Origin, tag_keys: Sequence[str], tag_names: Sequence[str]
) -> AnnotatedText | TaggedSentence | None:
    """Return the record of an object, or None if it was rejected in Prodigy."""
    value = flatten_task(value)
    if isinstance(value, dict) and value.get("answer") in ("reject", "ignore"):
        return None
    words = _first_key(value, _WORD_KEYS)
    if words is not None and ("text" not in value or find_tagged_words(value, tag_keys[0]) is not None):
        tags = _first_tags(value, tag_keys) or _first_key(value, tag_keys)
        if tags is None:
            raise ValueError(f"a key of tags is missing: {', '.join(dict.fromkeys(tag_keys))}")
        return tagged_sentence(value[words], value[tags], tag_names, origin)
    text = get_string(value, "text", "text")
    spans = get_field(value, _first_key(value, _SPAN_KEYS) or "entities", (list,), "a list")
    return annotated_text(text, spans, origin)


def find_tagged_words(value: JsonObject, tag_key: str) -> str | None:
    """Return the key of the words of an object that has words with tags, or None for any other object.

    Args:
        value: The object.
        tag_key: The key of the tags, besides the usual ones.
    """
    words = _first_key(value, _WORD_KEYS)
    if words is None or not _is_list_of(value[words], (str,)):
        return None
    return words if _first_tags(value, (tag_key, *_TAG_KEYS)) is not None else None


def _first_tags(value: JsonObject, keys: Sequence[str]) -> str | None:
    """Return the first of several keys whose value is a list of tags, not of spans."""
    return next((key for key in keys if _is_list_of(value.get(key), (str, int))), None)


def _is_list_of(value: Any, kinds: tuple[type, ...]) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(each, kinds) for each in value)


def _first_key(value: Any, keys: Sequence[str]) -> str | None:
    """Return the first of several keys that an object has."""
    return next((key for key in keys if key in value), None) if isinstance(value, dict) else None
