"""The labels of a text in one field of a file."""


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
