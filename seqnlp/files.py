"""Atomic file writes: a file is written completely or not at all. Checksums of files."""

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from seqnlp.errors import DataError

_PARTIAL = ".seqnlp-partial"
_LEFTOVER = re.compile(rf"\..*\.\d+{re.escape(_PARTIAL)}(\..*)?", re.DOTALL)


@contextmanager
def atomic_write(path: Path) -> Iterator[Path]:
    """Yield a temporary path in the same directory, and rename it to `path` when the body ends.

    If the body raises, the temporary file is removed and `path` does not change. A read-only file is not
    replaced. The content is on the disk before the file is renamed, so after a power cut `path` has its old
    content or the new one.

    Args:
        path: The file to write. Its directory must exist.

    Yields:
        The path to write to. It has the same suffix as `path`.

    Raises:
        DataError: The file cannot be written, for example because the disk is full.

    Example:
        >>> with atomic_write(Path("model.onnx")) as temporary:  # doctest: +SKIP
        ...     temporary.write_bytes(data)
    """
    temporary = path.with_name(f".{path.stem}.{os.getpid()}{_PARTIAL}{path.suffix}")
    try:
        if path.exists() and not os.access(path, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        yield temporary
        _sync(temporary)
        temporary.replace(path)
        _sync(path.parent)
    except OSError as error:
        if error.filename not in (None, str(temporary)):
            raise  # another file of the body
        # NumPy gives numbers of items instead of a reason.
        reason = error.strerror or f"cannot be written completely ({error}); is the disk full?"
        raise DataError(reason, path) from error
    finally:
        temporary.unlink(missing_ok=True)


def atomic_write_text(path: Path, text: str) -> None:
    """Write a text file atomically, in UTF-8."""
    with atomic_write(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def is_leftover(path: Path) -> bool:
    """Return whether a file has the name of a temporary file of `atomic_write`."""
    return _LEFTOVER.fullmatch(path.name) is not None


def remove_leftovers(directory: Path) -> None:
    """Remove the temporary files of interrupted writes from a directory."""
    for path in directory.iterdir():
        if is_leftover(path) and path.is_file():
            path.unlink()


def remove_leftovers_of(path: Path) -> None:
    """Remove the temporary files of interrupted writes of one file, which no process writes now."""
    name = re.compile(rf"\.{re.escape(path.stem)}\.\d+{re.escape(_PARTIAL + path.suffix)}")
    for each in path.parent.iterdir():
        if name.fullmatch(each.name) and each.is_file():
            each.unlink()


def checksum(path: Path) -> str:
    """Return the SHA-256 checksum of a file, as hexadecimal digits."""
    import hashlib  # slow to import, and most commands need no checksum

    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(path: Path) -> None:
    """Wait until the content of a file, or the names in a directory, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
