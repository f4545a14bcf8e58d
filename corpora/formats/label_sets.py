"""The labels of a text in one field of a file."""

import json
from typing import Any

from seqnlp.corpora.formats.json_objects import check_unicode


def name_label(label: Any) -> str:
    """Return the name of a label that is a string, a number or a boolean. `1` and `1.0` have the same name.

    Raises:
        ValueError: The label is of another type, or not finite.

    Example:
        >>> name_label(1.0), name_label(0.5), name_label(True)
        ('1', '0.5', 'true')
    """
    match label:
        case str():
            return check_unicode(label, "label")
        case bool() | int():
            return json.dumps(label)
        case float() if label.is_integer():
            return str(int(label))
        case float() if label - label == 0:
            return json.dumps(label)
        case float():
            raise ValueError("the label is not a finite number")
    raise ValueError(f"a label is not a string or a number: {json.dumps(label, default=repr)[:80]}")


def split_labels(field: str, separator: str | None) -> tuple[str, ...]:
    """Return the labels in a field.

    Args:
        field: The field. White space around a label is removed.
        separator: Separator of labels; None if the field is one label.

    Returns:
        The labels in the order of the field, without repetitions. With a separator, there may be none.

    Raises:
        ValueError: The field is blank and there is no separator.
    """
    if separator is not None:
        return tuple(dict.fromkeys(label.strip() for label in field.split(separator) if label.strip()))
    if not field.strip():
        raise ValueError("the label is empty")
    return (field.strip(),)
