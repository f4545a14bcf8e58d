"""Fixtures that run the command line, in this process and in a new one."""

import subprocess
import sys
from collections.abc import Callable

import pytest
from typer.testing import CliRunner, Result

from seqnlp.cli.main import app


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Buffer the output, as for most users."""
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)


@pytest.fixture
def cli() -> Callable[..., Result]:
    """Return a function that runs a command in this process."""

    def run(*arguments: object, stdin: bytes | None = None) -> Result:
        result = CliRunner().invoke(app, [str(argument) for argument in arguments], input=stdin)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run


@pytest.fixture
def complaint(cli: Callable[..., Result]) -> Callable[..., str]:
    """Return a function that runs a command, expects exit code 2, and returns the one-line message."""

    def run(*arguments: object, stdin: bytes | None = None) -> str:
        result = cli(*arguments, stdin=stdin)
        assert (result.exit_code, result.stdout) == (2, "")
        (line,) = result.stderr.splitlines()
        return line.removeprefix("error: ")

    return run


@pytest.fixture
def process() -> Callable[..., "subprocess.CompletedProcess[str]"]:
    """Return a function that runs a command in a new process."""

    def run(*arguments: object, **options: object) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "seqnlp.cli.main", *map(str, arguments)]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, **options}
        return subprocess.run(command, check=False, timeout=60, **pipes)

    return run
