"""The labels of a text, as a field of a file has them."""


def split_labels(field: str, separator: str | None) -> tuple[str, ...]:
    """Read the labels of a text.

    Args:
        field: What the file has; blanks around a label do not count.
        separator: What parts labels; None where there must be just one.

    Returns:
        The labels in the order of the field, each once; none where the field is blank and they are parted.

    Raises:
        ValueError: There is no label where there must be one.
    """
    if separator is not None:
        return tuple(dict.fromkeys(label.strip() for label in field.split(separator) if label.strip()))
    if not field.strip():
        raise ValueError("the label is empty")
    return (field.strip(),)
