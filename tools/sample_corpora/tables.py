"""The tables that the samples are composed from: TOML files next to this module."""

import tomllib
from pathlib import Path
from typing import Any


def read_table(name: str) -> dict[str, Any]:
    """Read a table.

    Args:
        name: Its file name without the ending, such as `ner.names`.
    """
    return tomllib.loads(Path(__file__).with_name(f"{name}.toml").read_text(encoding="utf-8"))


def split_list(text: str) -> list[str]:
    """Return the items of a comma-separated list, which may span several lines."""
    return " ".join(text.split()).split(", ")
