"""The tables that the samples are composed from: TOML files next to this module."""

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

_MANY = 9
"""Some words of a list are held back from training if it has at least this many words."""
_INTERVAL = 7
"""Every seventh of these words is held back."""


def read_table(name: str) -> dict[str, Any]:
    """Read a table.

    Args:
        name: Its file name without the ending, such as `ner.names`.
    """
    return tomllib.loads(Path(__file__).with_name(f"{name}.toml").read_text(encoding="utf-8"))


def split_list(text: str) -> list[str]:
    """Return the items of a comma-separated list, which may span several lines."""
    return " ".join(text.split()).split(", ")


def drop_held_back(words: Sequence[str]) -> list[str]:
    """Return the words of a list that may occur in training."""
    held_back = words[_INTERVAL - 1 :: _INTERVAL] if len(words) >= _MANY else ()
    return [word for word in words if word not in held_back]
