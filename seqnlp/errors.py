"""What can be wrong with what a user gives us, each said in one line.

Everything here ends a command with exit code 2 and its message, without a traceback. A mistake in our own
code is not an error of these kinds and stays loud.
"""

from pathlib import Path


class SeqnlpError(Exception):
    """The base of all errors that the user can mend; its text is one line."""


class DataError(SeqnlpError):
    """Something is wrong in a data file.

    Args:
        message: What is wrong, in words.
        path: The file, as the user named it.
        line: The line, counted from 1; None where the whole file is meant.
    """

    def __init__(self, message: str, path: Path | str | None = None, line: int | None = None) -> None:
        place = "" if path is None else f"{path}: " if line is None else f"{path}:{line}: "
        super().__init__(place + message)
        self.message = message
        self.path = path
        self.line = line


class ConfigError(SeqnlpError):
    """A setting is unknown, has a wrong value, or contradicts another."""


class CorpusError(SeqnlpError):
    """A corpus by name is unknown, not installed, or lacks the part asked for."""


class ModelFileError(SeqnlpError):
    """A model file is missing, damaged, of an unknown format, or not one of ours."""
