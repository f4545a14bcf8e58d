"""Locks on directories, so that two processes never write the same one."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from seqnlp.errors import ConfigError

LOCK = ".seqnlp-lock"
"""The name of the lock file. It contains the process id and exists while the directory is in use."""


@contextmanager
def lock_directory(directory: Path) -> Iterator[None]:
    """Lock a directory for this process while the body runs. It is created if it does not exist.

    The system releases the lock if the process dies. Directories that this function created are removed at
    the end if they are empty.

    Args:
        directory: The directory.

    Raises:
        ConfigError: Another process uses the directory, or the path is a file.
    """
    with _new_directories(directory):
        if not directory.is_dir():
            raise ConfigError(f"{directory} is a file; choose a directory (--output)")
        path = directory / LOCK
        descriptor = _acquire(path)
        try:
            yield
        finally:
            path.unlink(missing_ok=True)
            os.close(descriptor)


def check_unlocked(directory: Path) -> None:
    """Check that no other process has locked a directory. The directory is only read.

    Raises:
        ConfigError: Another process uses the directory.
    """
    with suppress(FileNotFoundError), (directory / LOCK).open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _in_use(directory, file.read(32)) from None


@contextmanager
def output_directory(given: Path | None, name: str) -> Iterator[Path]:
    """Yield a directory for results: the given one, or by default a new one.

    The new one is the first of `runs/NAME-1`, `runs/NAME-2`, … that does not exist. It is created at once, so
    that no other process chooses it, and removed at the end if it is empty.

    Args:
        given: The directory that the user chose.
        name: The beginning of the name of a new directory.
    """
    if given is not None:
        yield given
        return
    parent = Path("runs")
    with _new_directories(parent):
        directory = _create_free(parent, name)
        try:
            yield directory
        finally:
            with suppress(OSError):
                directory.rmdir()


def _create_free(parent: Path, name: str) -> Path:
    """Create and return the first of `parent/name-1`, `parent/name-2`, … that does not exist."""
    parent.mkdir(exist_ok=True)
    number = 1
    while True:
        directory = parent / f"{name}-{number}"
        try:
            directory.mkdir()
        except FileExistsError:
            number += 1
        else:
            return directory


@contextmanager
def _new_directories(directory: Path) -> Iterator[None]:
    """Create a directory and its parents, and remove those that are new and empty at the end."""
    new = [path for path in (directory, *directory.parents) if not path.exists()]
    try:
        for path in reversed(new):
            path.mkdir(exist_ok=True)
        yield
    finally:
        for path in new:
            with suppress(OSError):  # it is not empty
                path.rmdir()


def _acquire(path: Path) -> int:
    """Return the descriptor of a lock file that this process has locked.

    Raises:
        ConfigError: Another process has locked it.
    """
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = os.read(descriptor, 32)
            os.close(descriptor)
            raise _in_use(path.parent, owner) from None
        if _is_same_file(descriptor, path):
            with suppress(OSError):  # on a full disk the lock works without the process id
                os.truncate(descriptor, 0)
                os.write(descriptor, f"{os.getpid()}\n".encode("ascii"))
            return descriptor
        os.close(descriptor)  # its last owner removed it after this process opened it


def _in_use(directory: Path, owner: bytes) -> ConfigError:
    return ConfigError(f"{directory} is in use by process {owner.decode('ascii', 'replace').strip() or '?'}")


def _is_same_file(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False
