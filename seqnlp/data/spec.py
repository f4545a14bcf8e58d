"""Read values of known types from the JSON objects in model files."""

from seqnlp.types import JsonObject

_LARGEST = 2**31 - 1


def read_flag(spec: JsonObject, name: str) -> bool:
    """Return a boolean.

    Raises:
        KeyError: It is missing.
        ValueError: It has another type.

    Example:
        >>> read_flag({"lower": True}, "lower")
        True
    """
    value = spec[name]
    if not isinstance(value, bool):
        raise ValueError(f"{name} is {value!r}, not true or false")
    return value


def read_count(spec: JsonObject, name: str, minimum: int = 0) -> int:
    """Return an integer from `minimum` to the largest int32.

    Raises:
        KeyError: It is missing.
        ValueError: It has another type, or is out of range.

    Example:
        >>> read_count({"max_length": 160}, "max_length")
        160
    """
    value = spec[name]
    if isinstance(value, bool) or not isinstance(value, int) or not minimum <= value <= _LARGEST:
        raise ValueError(f"{name} is {value!r}, not an integer from {minimum} to {_LARGEST}")
    return value
