"""`seqnlp predict` on a terminal without a text: it asks for texts."""

import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

SECONDS = 60


class Terminal:
    """A command on a terminal, and its output."""

    def __init__(self, *command: object) -> None:
        import pty

        self.ours, theirs = pty.openpty()
        self.process = subprocess.Popen(
            map(str, command),
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            # A shell ignores it for commands that it runs in the background, and so do their children.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        os.close(theirs)
        self.waiting = ""

    def read_until(self, expected: str) -> str:
        """Return the output up to and including a text."""
        end = time.monotonic() + SECONDS
        while expected not in self.waiting:
            ready, _, _ = select.select([self.ours], [], [], max(0, end - time.monotonic()))
            assert ready, f"expected {expected!r}, found {self.waiting!r}"
            self.waiting += os.read(self.ours, 4096).decode()
        shown, _, self.waiting = self.waiting.partition(expected)
        return shown + expected

    def type(self, text: str) -> None:
        """Type a text."""
        os.write(self.ours, text.encode())


def test_each_line_is_answered_before_the_next_one_is_typed(model: Path) -> None:
    command = [sys.executable, "-m", "seqnlp.cli.main", "predict", model, "--output-format=conll"]
    terminal = Terminal(*command)
    for line in ("Ada Lovelace", "Charles Babbage in London"):
        terminal.read_until("> ")
        terminal.type(f"{line}\n")
        terminal.read_until(f"{line}\r\n")  # the echo of the terminal
        for word in line.split():
            assert terminal.read_until("\t").split() == [word]
            terminal.read_until("\n")
    terminal.read_until("> ")
    terminal.type("\x04")  # Ctrl-D
    terminal.read_until("\n")
    assert terminal.process.wait(SECONDS) == 0
    os.close(terminal.ours)
