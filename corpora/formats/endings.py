"""The format of a file, by its name or by its ending."""

from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path

from seqnlp.errors import ConfigError


def named_format(name: str, known: Mapping[str, object]) -> str:
    """See that a format is known.

    Raises:
        ConfigError: It is not; the message names the nearest.
    """
    if name in known:
        return name
    near = get_close_matches(name, known, 1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    raise ConfigError(f"unknown format {name!r}; {hint}known are {', '.join(known)}")


def format_by_ending(path: Path | str, endings: Mapping[str, tuple[str, ...]]) -> str:
    """Tell a file's format by its ending; a last `.gz` does not count.

    Args:
        path: The file.
        endings: Those that speak for each format.

    Raises:
        ConfigError: The ending speaks for none.
    """
    name = Path(path).name.lower().removesuffix(".gz")
    for format_name, those in endings.items():
        if name.endswith(those):
            return format_name
    raise ConfigError(f"{path}: no format is known by this ending; name one of {', '.join(endings)}")
