"""Fuzz seqnlp: `python -m tests.fuzz [TARGET…] --seconds 60`.

Every input is valid data with a few random changes. The product must use it or raise a `SeqnlpError` with
one printable line. Failures are printed with the command that shows them again; the exit code is then 1.
"""

import argparse
import logging
import sys
import tempfile
from itertools import count, islice
from pathlib import Path

from tests.fuzz.configuring import TASKS
from tests.fuzz.samples import make_samples
from tests.fuzz.target import try_inputs, until


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help="by default all")
    parser.add_argument("--seconds", type=float, help="time to try inputs, over all targets (default 60)")
    parser.add_argument("--count", type=int, help="number of inputs of each target, instead of a time")
    parser.add_argument("--seed", type=int, default=0, help="another seed gives other inputs (default 0)")
    parser.add_argument("--first", type=int, default=0, help="number of the first input (default 0)")
    parser.add_argument("--samples", type=Path, help="folder that keeps the small models between calls")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        samples = given.samples or folder / "samples"
        targets = make_samples(samples, TASKS).targets()
        before = _files(samples)
        logging.disable()
        chosen = given.targets or sorted(targets)
        seconds = None if given.count is not None else (given.seconds or 60) / len(chosen)
        failures = 0
        for each in chosen:
            numbers = until(seconds, islice(count(given.first), given.count))
            tried = list(try_inputs(each, targets[each], given.seed, numbers, folder))
            found = [failure for failure in tried if failure is not None]
            if _files(samples) != before:
                sys.exit(f"{each}: an input changed the files in {samples}")
            failures += len(found)
            print(*found, f"{each}: {len(tried)} inputs, {len(found)} failures", sep="\n", flush=True)
    return 1 if failures else 0


def _files(folder: Path) -> dict[Path, int]:
    """Return when each file of a folder was changed."""
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*")}


if __name__ == "__main__":
    sys.exit(main())
