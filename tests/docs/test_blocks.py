"""The code blocks of the documentation run, and print the output on the pages.

A page's blocks run from top to bottom in an empty directory that belongs to the page:

* `console`: lines that start with `$ ` are commands, and the lines below are their output. A following
  `output` block contains what the last command writes to standard error, such as the progress of training.
* `python`: runs in one namespace per page. A following `output` block contains what it prints.
* `{code-block}` with a `:caption:`: a file with that name and content.

A block is skipped if `% skip: REASON` or `<!-- skip: REASON -->` is on the line before. Other blocks, such
as `text`, are not run. In output, `...` and `…` match anything, and so do a number with a decimal point and a
speed in tokens/s.
"""

import contextlib
import io
import logging
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

ROOT = Path(__file__).parents[2]
PAGES = [
    ROOT / "README.md",
    *(path for path in sorted((ROOT / "docs").rglob("*.md")) if "/_" not in str(path.relative_to(ROOT))),
]

_FENCE = re.compile(r"^(?P<mark>`{3,}|:{3,})(?P<kind>\{[\w-]+\}|[\w-]*) *(?P<argument>[^`]*)$")
_SKIP = re.compile(r"^(?:%|<!--) skip: \w.*")
_CAPTION = re.compile(r"^:caption: (\S+)$", re.MULTILINE)
_ANYTHING = re.compile(r"\.\.\.|…|-?\d[\d,]*\.\d+(?:e-?\d+)?")
_SPEED = re.compile(r"[\d,]+(?= tokens/s)")
_SHELL = re.compile(r"[|<>;&$*]|^[A-Z_]+=")


@dataclass(frozen=True)
class Block:
    """A fenced block.

    Attributes:
        kind: The text after the opening fence, such as `python`.
        lines: The lines between the fences.
        first: The number of the first of these lines, from 1.
        skipped: Whether a comment says that the block does not run.
    """

    kind: str
    lines: tuple[str, ...]
    first: int
    skipped: bool

    @property
    def text(self) -> str:
        """The lines as one text."""
        return "".join(f"{line}\n" for line in self.lines)


def read_blocks(page: str) -> Iterator[Block]:
    """Find the fenced blocks of a page."""
    opened: re.Match[str] | None = None
    before, skipped, first, lines = "", False, 0, list[str]()
    for number, line in enumerate(page.splitlines(), 1):
        if opened is None:
            opened = _FENCE.match(line)
            skipped, first, lines = bool(_SKIP.match(before)), number + 1, []
        elif line == opened["mark"]:
            yield Block(opened["kind"], tuple(lines), first, skipped)
            opened = None
        else:
            lines.append(line)
        before = line


def read_commands(block: Block) -> Iterator[tuple[str, str]]:
    """Split a console block into commands and the output of each."""
    command, output = "", list[str]()
    goes_on = False
    for line in block.lines:
        if goes_on:
            command = f"{command.removesuffix(chr(92))} {line.strip()}"
        elif line.startswith("$ "):
            if command:
                yield command, "\n".join(output)
            command, output = line.removeprefix("$ "), []
        else:
            output.append(line)
        goes_on = bool(command) and not output and command.endswith("\\")
    if command:
        yield command, "\n".join(output)


@dataclass(frozen=True)
class Outcome:
    """The result of a command.

    Attributes:
        code: The exit code.
        stdout: The text on standard output.
        stderr: The text on standard error.
    """

    code: int
    stdout: str
    stderr: str


class StandardError(logging.Handler):
    """Writes log messages to standard error, as the command does outside of tests."""

    def emit(self, record: logging.LogRecord) -> None:
        print(self.format(record), file=sys.stderr)


def check_output(expected: str, printed: str, place: str) -> None:
    """Compare printed text with the text on a page; see the module for what is ignored."""
    expected = _SPEED.sub("...", expected)
    if not is_match(" ".join(expected.split()), " ".join(printed.split())):
        pytest.fail(f"{place}: printed\n{printed}\ninstead of\n{expected}", pytrace=False)


def is_match(expected: str, printed: str) -> bool:
    """Return whether a text fits a pattern. The first occurrence of each literal decides: no backtracking."""
    first, *rest = _ANYTHING.split(expected)
    if not rest:
        return printed == expected
    *inner, last = rest
    if not printed.startswith(first):
        return False
    place = len(first)
    for literal in inner:
        place = printed.find(literal, place) + len(literal)
        if place < len(literal):
            return False
    return printed.endswith(last) and place + len(last) <= len(printed)


def run_command(command: str) -> Outcome:
    """Run a command. A plain `seqnlp` command runs in this process, so that TensorFlow is imported once."""
    if command.startswith("seqnlp ") and not _SHELL.search(command):
        from seqnlp.cli.main import app

        result = CliRunner().invoke(app, shlex.split(command)[1:])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Outcome(result.exit_code, result.stdout, result.stderr)
    scripts = Path("bin")
    scripts.mkdir(exist_ok=True)
    for name, module in (("seqnlp", "seqnlp.cli.main"), ("python", "")):
        run = f"-m {module}" if module else ""
        (scripts / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {run} "$@"\n', encoding="utf-8")
        (scripts / name).chmod(0o755)
    environment = {**os.environ, "PATH": f"{scripts.resolve()}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], env=environment, capture_output=True, text=True, timeout=60
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


def run_console(block: Block, page: Path) -> str:
    """Run the commands of a block; a command that should fail has output that starts with `error:`.

    Returns:
        The standard error of the last command.
    """
    outcome = Outcome(0, "", "")
    for command, output in read_commands(block):
        place = f"{page.relative_to(ROOT)}:{block.first}: {command}"
        outcome = run_command(command)
        fails = output.startswith("error:")
        printed = outcome.stderr if fails else outcome.stdout
        assert outcome.code == (2 if fails else 0), f"{place} returned {outcome.code}\n{outcome.stderr}"
        if output.strip():
            check_output(output, printed, place)
    return outcome.stderr


def run_page(page: Path) -> None:
    """Run the blocks of a page in the current directory."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    printed = ""
    for block in read_blocks(page.read_text(encoding="utf-8")):
        place = f"{page.relative_to(ROOT)}:{block.first}"
        if block.skipped:
            continue
        if block.kind == "console":
            printed = run_console(block, page)
        elif block.kind == "python":
            code = compile("\n" * (block.first - 1) + block.text, str(page), "exec")
            with contextlib.redirect_stdout(io.StringIO()) as stream:
                exec(code, namespace)
            printed = stream.getvalue()
        elif block.kind == "output":
            check_output(block.text, printed, place)
        elif block.kind == "{code-block}" and (caption := _CAPTION.search(block.text)):
            content = block.text.partition("\n\n")[2]
            Path(caption[1]).write_text(content, encoding="utf-8")


def has_runnable_blocks(page: Path) -> bool:
    """Return whether a page has blocks that run."""
    blocks = read_blocks(page.read_text(encoding="utf-8"))
    return any(block.kind in ("console", "python") and not block.skipped for block in blocks)


RUNNABLE = [page for page in PAGES if has_runnable_blocks(page)]


@pytest.mark.parametrize("page", RUNNABLE, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_blocks_of_a_page_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")  # for tables
    environment = dict(os.environ)
    handler = StandardError()
    logging.getLogger("seqnlp").addHandler(handler)
    try:
        run_page(page)
    finally:
        os.environ.clear()
        os.environ.update(environment)
        logging.getLogger("seqnlp").removeHandler(handler)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_fences_of_a_page_have_a_language(page: Path) -> None:
    blocks = list(read_blocks(page.read_text(encoding="utf-8")))
    assert not [block.first for block in blocks if not block.kind]


PAGE = """\
Text.

```python
print("one 2.5")
```

```output
one 7.25
```

% skip: takes hours
```console
$ false
```

```console
$ printf 'a\\n' \\
    | cat
a
$ seqnlp --version
seqnlp ...
$ echo "1,234 tokens/s" >&2
```

```output
5 tokens/s
```

```{code-block} json
:caption: file.json

{"a": 1}
```
"""


@pytest.mark.parametrize(
    ("expected", "printed", "matches"),
    [
        ("a 1.5 b ... c", "a 2.25 b c x c", True),
        ("a 1.5 b", "a 2.5 b c", False),
        ("a ... b ... a", "a b a", False),
        ("f1 0.5", "f1 0.75", True),
        ("f1 0.5", "accuracy 0.5", False),
        ("1.5 " * 5000 + "end", "2.5 " * 5000 + "stop", False),
    ],
)
def test_output_is_compared_in_linear_time(expected: str, printed: str, matches: bool) -> None:
    assert is_match(expected, printed) is matches


def test_a_page_runs_in_its_own_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    page = tmp_path / "page.md"
    page.write_text(PAGE, encoding="utf-8")
    run_page(page)
    assert Path("file.json").read_text(encoding="utf-8") == '{"a": 1}\n'


@pytest.mark.parametrize(
    ("block", "kind"),
    [("print('b')", "python"), ("$ echo b", "console"), ("$ false", "console")],
)
def test_a_page_that_says_something_else_fails(
    block: str, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    page = tmp_path / "page.md"
    output = "```\n\n```output\n" if kind == "python" else ""
    page.write_text(f"```{kind}\n{block}\n{output}a\n```\n", encoding="utf-8")
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        run_page(page)
