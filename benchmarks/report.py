"""Reports in Markdown."""

import os
import platform
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from seqnlp.files import atomic_write_text

NONE = ""
"""An empty cell."""


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table. All columns but the first are aligned to the right."""
    rule = [":---", *("---:" for _ in header[1:])]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (header, rule, *rows))


def describe_machine(packages: Sequence[str]) -> str:
    """Return a line with the date, the machine and the versions.

    Args:
        packages: The distributions whose versions matter.
    """
    cores, load = len(os.sched_getaffinity(0)), os.getloadavg()[0]
    versions = ", ".join(f"{package} {version(package)}" for package in packages)
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {_processor()}, {cores} cores, load {load:.1f} before the start. "
        f"Python {platform.python_version()}, {versions}."
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


def publish(parts: Iterable[str], output: Path | None) -> None:
    """Print a report, and write it to a file if `output` is not None.

    Args:
        parts: Its paragraphs and tables.
        output: The file.
    """
    text = "\n\n".join(parts) + "\n"
    print(text, end="")
    if output is not None:
        atomic_write_text(output, text)
