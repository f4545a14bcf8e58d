"""Skipped input of a long command: listed on standard error as it occurs, and counted."""

import logging

from seqnlp.cli.progress import ItemCount
from seqnlp.errors import DataError

log = logging.getLogger("seqnlp")


class Skipped:
    """Lists and counts the inputs that a command skips, in constant memory.

    Args:
        progress: The progress on the terminal, which must not be on the line of a message.

    Attributes:
        count: The number of skipped inputs.
    """

    def __init__(self, progress: ItemCount) -> None:
        self.progress = progress
        self.count = 0

    def __call__(self, error: DataError) -> None:
        """List a problem. The reader continues."""
        self.count += 1
        self.progress.clear()
        log.warning("skipped %s", error)

    def summarize(self) -> None:
        """Show the number of skipped inputs, if there are any."""
        if self.count:
            log.warning("skipped %s input%s in total", f"{self.count:,}", "" if self.count == 1 else "s")
