"""JSON as the standard defines it: without NaN and Infinity."""

import json
import math
from collections.abc import Mapping
from typing import Any


def dump_json(value: Any, *, indent: int | None = None, ensure_ascii: bool = True) -> str:
    """Return a value as JSON. Numbers that are not finite become null.

    Args:
        value: A JSON value.
        indent: Number of spaces per level; None for one line.
        ensure_ascii: Whether to escape all characters outside ASCII.

    Example:
        >>> dump_json({"f1": 0.5, "perplexity": float("inf")})
        '{"f1": 0.5, "perplexity": null}'
    """
    try:
        return json.dumps(value, indent=indent, ensure_ascii=ensure_ascii, allow_nan=False)
    except ValueError:
        finite = _replace_infinite(value)
        return json.dumps(finite, indent=indent, ensure_ascii=ensure_ascii, allow_nan=False)


def _replace_infinite(value: Any) -> Any:
    """Return a JSON value with null for each number that is not finite."""
    if isinstance(value, Mapping):
        return {key: _replace_infinite(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_replace_infinite(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
