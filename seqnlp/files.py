"""Files that are written whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PARTIAL = ".partial"


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Give a temporary name beside `path`; what is written there takes the place of `path` at the end.

    If the body raises, the temporary file is removed and what stood at `path` stays.

    Args:
        path: The file to write; its directory exists.

    Yields:
        The name to write to; it has the same ending as `path`.
    """
    temporary = path.with_name(f".{path.stem}.{os.getpid()}{_PARTIAL}{path.suffix}")
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_text_whole(path: Path, text: str) -> None:
    """Write a text file whole, in UTF-8."""
    with written_whole(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def remove_leftovers(directory: Path) -> None:
    """Remove what writes that were killed left in a directory."""
    for leftover in directory.glob(f".*{_PARTIAL}*"):
        leftover.unlink()
