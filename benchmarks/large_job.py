"""A large job of `seqnlp predict`: many lines, some of them invalid, and a process that is killed.

Run `python -m benchmarks.large_job --lines 100000 1000000`. For each number of lines it predicts a file of
JSON lines with `--on-error skip`, once without interruption and once killed at random times and resumed. It
checks that every valid line is answered in order, that every invalid line is listed, and that both outputs
are the same. It reports times and the largest memory of the process.
"""

import argparse
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from benchmarks.report import describe_machine, publish, table

BAD_LINES = (b'{"text": "cut off', b'{"text": "not \xff UTF-8"}', b'{"words": 7}', b"[]", b'{"text": 1e400}')
"""Lines that are not valid."""
SEQNLP = (sys.executable, "-m", "seqnlp")
WORDS = ("a", "warm", "dull", "film", "and", "the", "plot", "witty", "slow", "of", "two", "hours")


@dataclass(frozen=True)
class Input:
    """An input file.

    Attributes:
        path: The file.
        lines: The number of lines.
        bad: The numbers of the invalid lines, from 1.
    """

    path: Path
    lines: int
    bad: Sequence[int]


@dataclass(frozen=True)
class Outcome:
    """A process that has ended.

    Attributes:
        seconds: Its time.
        megabytes: Its largest resident memory.
        messages: The lines on standard error.
    """

    seconds: float
    megabytes: float
    messages: Sequence[str]


def write_input(path: Path, lines: int, bad: int, seed: int = 1) -> Input:
    """Write JSON lines with a text of 1 to 20 words and an id, of which some are invalid."""
    random = Random(seed)
    numbers = sorted(random.sample(range(1, lines + 1), bad))
    waiting = iter((*numbers, 0))
    next_bad = next(waiting)
    with path.open("wb") as file:
        for number in range(1, lines + 1):
            if number == next_bad:
                file.write(random.choice(BAD_LINES))
                next_bad = next(waiting)
            else:
                text = " ".join(random.choices(WORDS, k=random.randint(1, 20)))
                file.write(json.dumps({"text": text, "id": number}).encode())
            file.write(b"\n")
    return Input(path, lines, numbers)


def train_model(folder: Path) -> Path:
    """Train a very small classifier and return its directory."""
    train = folder / "train.csv"
    train.write_text(
        "text,label\n" + 20 * "a warm witty film,good\ntwo dull slow hours,bad\n", encoding="utf-8"
    )
    sizes = ("network.units=8", "network.word_dimension=8", "network.character_filters=4")
    options = [option for size in sizes for option in ("--set", size)]
    # In a process of its own: a process that has loaded TensorFlow is large, and so would be its children.
    subprocess.run(
        [
            *SEQNLP,
            "train",
            "classifier",
            "--train",
            train,
            *options,
            "--epochs",
            "1",
            "--output",
            folder / "run",
        ],
        check=True,
        capture_output=True,
    )
    return folder / "run"


def command(model: Path, given: Input, output: Path) -> list[str]:
    """Return the command of the job."""
    options = ("--input", given.path, "--output", output, "--on-error", "skip", "--resume")
    return [*SEQNLP, "predict", *map(str, (model, *options))]


def run(arguments: Sequence[str], errors: Path) -> Outcome:
    """Run a process to its end."""
    started = time.perf_counter()
    with errors.open("wb") as file:
        process = subprocess.Popen(arguments, stderr=file)
        _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    messages = errors.read_text(encoding="utf-8").splitlines()
    if process.returncode:
        raise SystemExit(f"exit code {process.returncode}: {messages[-1:]}")
    return Outcome(seconds, _megabytes(usage), messages)


def _megabytes(usage: resource.struct_rusage) -> float:
    return usage.ru_maxrss / 1024  # kilobytes on Linux


def run_with_kills(arguments: Sequence[str], delays: Iterator[float], errors: Path) -> tuple[Outcome, int]:
    """Run a process again and again, kill it after each of some delays, and then let it end.

    Returns:
        The last process, and the number of processes that were killed before their end.
    """
    killed = 0
    for delay in delays:
        with errors.open("wb") as file, subprocess.Popen(arguments, stderr=file) as process:
            try:
                process.wait(delay)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
            killed += process.wait() == -signal.SIGKILL
    return run(arguments, errors), killed


def check(given: Input, output: Path, messages: Sequence[str]) -> None:
    """Check that every valid line is answered in order, and that every invalid line is listed."""
    bad = set(given.bad)
    expected = (number for number in range(1, given.lines + 1) if number not in bad)
    with output.open(encoding="utf-8") as lines:
        for number, line in zip(expected, lines, strict=True):
            prediction = json.loads(line)
            assert prediction["id"] == number
            assert prediction["label"] in ("good", "bad")
    if bad:
        *listed, total = messages
        assert total == f"skipped {len(bad):,} input{'s' if len(bad) > 1 else ''} in total", total
        found = [int(message.removeprefix(f"skipped {given.path}:").partition(":")[0]) for message in listed]
        assert found == list(given.bad)


def do_job(model: Path, given: Input, folder: Path, kills: int, seed: int = 1) -> Sequence[str]:
    """Do a job without and with interruptions, and return a row of the report."""
    whole, broken, errors = folder / "whole.jsonl", folder / "broken.jsonl", folder / "errors"
    unbroken = run(command(model, given, whole), errors)
    check(given, whole, unbroken.messages)
    random = Random(seed)
    delays = (random.uniform(0, 2 * unbroken.seconds / (kills + 1)) for _ in range(kills))
    last, killed = run_with_kills(command(model, given, broken), delays, errors)
    check(given, broken, last.messages)
    assert whole.read_bytes() == broken.read_bytes(), "the outputs differ"
    left = {path.name for path in folder.iterdir()} - {given.path.name, whole.name, broken.name, errors.name}
    assert not left, left
    for path in (whole, broken):
        path.unlink()
    figures = (f"{unbroken.seconds:.0f}", f"{unbroken.megabytes:.0f}", f"{last.megabytes:.0f}", f"{killed}")
    return (f"{given.lines:,}", f"{len(given.bad):,}", *figures)


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.large_job", description=__doc__)
    parser.add_argument("--lines", type=int, nargs="+", default=[100_000], help="numbers of lines")
    parser.add_argument("--bad", type=float, default=0.001, help="share of invalid lines")
    parser.add_argument("--kills", type=int, default=5, help="number of times to kill the process")
    parser.add_argument("--output", type=Path, help="Markdown file of the report")
    given = parser.parse_args()
    machine = describe_machine(["onnxruntime", "numpy"])
    rows = []
    with tempfile.TemporaryDirectory() as name:
        training, folder = Path(name, "training"), Path(name, "job")
        training.mkdir()
        folder.mkdir()
        model = train_model(training)
        for lines in given.lines:
            written = write_input(folder / "in.jsonl", lines, round(given.bad * lines))
            rows.append(do_job(model, written, folder, given.kills))
    header = ("lines", "invalid", "seconds", "MB", "MB of the last process", "killed")
    publish([machine, table(header, rows)], given.output)


if __name__ == "__main__":
    main()
