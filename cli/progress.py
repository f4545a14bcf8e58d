"""The progress of a long command on a terminal."""

import sys
from time import monotonic

from seqnlp.cli.streams import is_dumb

_SECONDS = 0.2
"""The time between two updates."""


class ItemCount:
    """A count of items on standard error, on one line that is updated. On anything but a terminal, silent.

    Args:
        verb: The word before the count, such as `predicted`.
        shown: Whether to show it.
    """

    def __init__(self, verb: str, shown: bool = True) -> None:
        self._verb = verb
        self._shown = shown and sys.stderr is not None and sys.stderr.isatty() and not is_dumb()
        self._count = 0
        self._written = ""
        self._last = monotonic()

    def add(self, count: int) -> None:
        """Add items to the count."""
        self._count += count
        if self._shown and monotonic() - self._last >= _SECONDS:
            self._write(f"{self._verb} {self._count:,}")
            self._last = monotonic()

    def clear(self) -> None:
        """Remove the line."""
        if self._written:
            self._write("")

    def _write(self, text: str) -> None:
        sys.stderr.write(f"\r{text}{' ' * (len(self._written) - len(text))}\r")
        sys.stderr.write(text)
        sys.stderr.flush()
        self._written = text
