"""Data that need not fit in memory: arrays and texts in temporary files.

The files have no name, so the system removes them when the process ends, however it ends.
"""

import os
import tempfile
import weakref
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import DTypeLike

from seqnlp.errors import DataError
from seqnlp.types import Array

_FOLDER = Path("/var/tmp")  # not in memory, as /tmp is on many systems


class TemporaryFile:
    """A temporary file in the folder that `TMPDIR` names, or else in `/var/tmp`.

    Raises:
        DataError: No file can be written there.
    """

    def __init__(self) -> None:
        usual = "TMPDIR" in os.environ or not os.access(_FOLDER, os.W_OK)
        self.size = 0
        try:
            self._file: IO[bytes] = tempfile.TemporaryFile(dir=None if usual else _FOLDER)  # noqa: SIM115
        except OSError as error:
            raise DataError(f"no temporary file can be written: {error.strerror or error}") from error
        weakref.finalize(self, self._file.close)

    def append(self, content: bytes) -> None:
        """Append bytes.

        Raises:
            DataError: The disk is full.
        """
        try:
            self._file.write(content)
        except OSError as error:
            raise _explain(error) from error
        self.size += len(content)

    def flush(self) -> None:
        """Make all bytes available to `read` and `map`.

        Raises:
            DataError: The disk is full.
        """
        try:
            self._file.flush()
        except OSError as error:
            raise _explain(error) from error

    def read(self, start: int, size: int) -> bytes:
        """Return some bytes. Threads and forks may read at the same time."""
        return os.pread(self._file.fileno(), size, start)

    def map(self, dtype: DTypeLike) -> Array:
        """Return the content as a memory-mapped array. Its pages are not memory of the process."""
        return np.asarray(np.memmap(self._file, dtype, mode="r")) if self.size else np.empty(0, dtype)


def _explain(error: OSError) -> DataError:
    return DataError(f"a temporary file cannot be written: {error.strerror or error}")


class ArrayWriter:
    """Writes an array piece by piece.

    Args:
        dtype: The dtype of its entries.

    Example:
        >>> writer = ArrayWriter(np.uint8)
        >>> writer.append([3, 4])
        >>> writer.append([5])
        >>> writer.finish().tolist()
        [3, 4, 5]
    """

    def __init__(self, dtype: DTypeLike) -> None:
        self.dtype = np.dtype(dtype)
        self._file = TemporaryFile()

    def append(self, entries: Iterable[Any]) -> None:
        """Append entries.

        Raises:
            DataError: The disk is full.
        """
        self._file.append(np.array(entries, self.dtype).tobytes())

    def finish(self) -> Array:
        """Return the array, memory-mapped and read-only.

        Raises:
            DataError: The disk is full.
        """
        self._file.flush()
        return self._file.map(self.dtype)
