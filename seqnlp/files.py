"""Atomic file writes: a file is written completely or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PARTIAL = ".partial"


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Yield a temporary path in the same directory, and rename it to `path` when the body ends.

    If the body raises, the temporary file is removed and `path` does not change.

    Args:
        path: The file to write. Its directory must exist.

    Yields:
        The path to write to. It has the same suffix as `path`.

    Example:
        >>> with written_whole(Path("model.onnx")) as temporary:  # doctest: +SKIP
        ...     temporary.write_bytes(data)
    """
    temporary = path.with_name(f".{path.stem}.{os.getpid()}{_PARTIAL}{path.suffix}")
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_text_whole(path: Path, text: str) -> None:
    """Write a text file atomically, in UTF-8."""
    with written_whole(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def remove_leftovers(directory: Path) -> None:
    """Remove the temporary files of interrupted writes from a directory."""
    for leftover in directory.glob(f".*{_PARTIAL}*"):
        leftover.unlink()
