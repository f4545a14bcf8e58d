"""Errors caused by user input. Each message is one line.

The command line reports these errors without a traceback and exits with code 2. Programming errors are not
subclasses of `SeqnlpError` and keep their traceback.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

# C0, DEL and C1; marks and controls of direction; line and paragraph separators; lone surrogates.
_CONTROLS = re.compile("[\0-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def escape_controls(text: str) -> str:
    r"""Return a text on one line that a terminal shows as it is, with control characters as escapes.

    Example:
        >>> escape_controls("\x1b[31mred\n")
        '\\x1b[31mred\\n'
    """
    return _CONTROLS.sub(lambda match: ascii(match[0])[1:-1], text)


class SeqnlpError(Exception):
    """Base class of all errors that the user can fix. The message is one line.

    Control characters in the message, for example from a label or a file name, become escapes.
    """

    def __str__(self) -> str:
        return escape_controls(super().__str__())


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


class TrainingError(SeqnlpError):
    """Training cannot continue, for example because the loss is not finite."""
