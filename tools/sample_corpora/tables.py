"""The tables that the samples are composed from."""

import tomllib
from pathlib import Path
from typing import Any


def read_table(name: str) -> dict[str, Any]:
    """Read a table that stands beside this file.

    Args:
        name: Its name without the ending, such as `ner.names`.
    """
    return tomllib.loads(Path(__file__).with_name(f"{name}.toml").read_text(encoding="utf-8"))


def listed(text: str) -> list[str]:
    """Give the items of a list that commas part; it may run over lines."""
    return " ".join(text.split()).split(", ")
