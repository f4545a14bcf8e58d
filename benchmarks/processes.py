"""Measure the time and the memory of a command.

The operating system counts the memory of the parent process in the peak memory of a new process. Therefore
a small process starts the commands: this file, run as a script.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

_UNIT = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss, in bytes


class Cost(NamedTuple):
    """The cost of a command.

    Attributes:
        seconds: Wall time from its start to its end.
        megabytes: Peak resident set size in 10^6 bytes.
    """

    seconds: float
    megabytes: float


def measure_cost(command: Sequence[str], stdin: Path | None = None) -> Cost:
    """Run a command and discard its output.

    Args:
        command: The program and its arguments.
        stdin: The file for its standard input; empty by default.

    Raises:
        RuntimeError: The command failed.
    """
    launcher = [sys.executable, "-I", "-S", __file__, *command]
    with (stdin or Path(os.devnull)).open("rb") as source:
        done = subprocess.run(launcher, stdin=source, capture_output=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stderr.decode(errors='replace')}")
    seconds, peak = json.loads(done.stdout)
    return Cost(seconds, peak * _UNIT / 1e6)


def _launch(command: Sequence[str]) -> int:
    """Run a command, print its seconds and its `ru_maxrss`, and return its exit code."""
    start = time.perf_counter()
    quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    process = os.posix_spawn(command[0], list(command), os.environ, file_actions=quiet)
    _, status, usage = os.wait4(process, 0)
    print(json.dumps([time.perf_counter() - start, usage.ru_maxrss]))
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    sys.exit(_launch(sys.argv[1:]))
