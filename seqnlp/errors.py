"""Errors caused by user input. Each message is one line.

The command line reports these errors without a traceback and exits with code 2. Programming errors are not
subclasses of `SeqnlpError` and keep their traceback.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias


class SeqnlpError(Exception):
    """Base class of all errors that the user can fix. The message is one line."""


class DataError(SeqnlpError):
    """A data file is invalid.

    Args:
        message: A description of the problem.
        path: The file, as the user gave it.
        line: The line, counted from 1. None if the error concerns the whole file.

    Example:
        >>> str(DataError("not UTF-8", "train.txt", 3))
        'train.txt:3: not UTF-8'
    """

    def __init__(self, message: str, path: Path | str | None = None, line: int | None = None) -> None:
        place = "" if path is None else f"{path}: " if line is None else f"{path}:{line}: "
        super().__init__(place + message)
        self.message = message
        self.path = path
        self.line = line


OnError: TypeAlias = Callable[[DataError], None]
"""Receives each problem. If it returns, the reader skips the invalid record."""


def stop(error: DataError) -> None:
    """Stop at the first problem.

    Raises:
        DataError: Always.
    """
    raise error


class ConfigError(SeqnlpError):
    """A setting is unknown, has an invalid value, or contradicts another setting."""


class CorpusError(SeqnlpError):
    """A named corpus is unknown, not installed, or does not contain the requested split."""


class ModelFileError(SeqnlpError):
    """A model file is missing, damaged, in an unknown format, or not from seqnlp."""
