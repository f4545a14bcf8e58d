"""`seqnlp predict --on-error` and `--resume`."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from seqnlp.cli import predict as predict_module
from seqnlp.cli.outputs import State
from seqnlp.cli.predict import CHUNK
from seqnlp.cli.progress import ItemCount
from seqnlp.serving.items import Item

BAD = b"Ada\nnot \xff\nParis\n"


@pytest.mark.parametrize(
    ("name", "content", "texts", "problem"),
    [
        ("in.txt", b"Ada\nnot \xff\nParis\n", ["Ada", "Paris"], "in.txt:2: not UTF-8"),
        ("in.jsonl", b'{"text": "Ada"}\n{"x": 1}\n[]\n{"text": "B"}\n', ["Ada", "B"], "in.jsonl:2: expected"),
        ("in.conll", b"Ada\n\nnot\nthis \xff\n\nParis\n", ["Ada", "Paris"], "in.conll:4: not UTF-8"),
        ("in.conllu", b"1\tAda\n\n", [], "in.conllu:1: 2 fields"),
    ],
)
def test_invalid_input_is_skipped_and_counted(
    cli, model, tmp_path: Path, caplog, name: str, content: bytes, texts: list[str], problem: str
) -> None:
    (tmp_path / name).write_bytes(content)
    output = tmp_path / "out.jsonl"
    result = cli("predict", model, "--input", tmp_path / name, "--output", output, "--on-error", "skip")
    assert result.exit_code == 0
    assert [json.loads(line)["text"] for line in output.read_text().splitlines()] == texts
    *messages, total = caplog.messages
    assert all(message.startswith(f"skipped {tmp_path / name}:") for message in messages)
    assert problem in messages[0]
    assert total == f"skipped {len(messages)} input{'s' if len(messages) > 1 else ''} in total"


def test_a_word_that_columns_cannot_express_is_an_error_that_names_the_line(
    cli, complaint, model, tmp_path: Path, caplog
) -> None:
    source, output = tmp_path / "in.jsonl", tmp_path / "out.conll"
    source.write_text('{"text": "Ada"}\n{"tokens": ["New York"]}\n{"text": "Paris"}\n')
    line = complaint("predict", model, "--input", source, "--output", output)
    assert line == f"{source}:2: 'New York' cannot be written in columns; write JSON lines instead"
    assert not output.exists()
    cli("predict", model, "--input", source, "--output", output, "--on-error", "skip")
    assert [line.partition("\t")[0] for line in output.read_text().splitlines()] == ["Ada", "", "Paris", ""]
    assert caplog.messages == [f"skipped {line}", "skipped 1 input in total"]


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make chunks of one line."""
    monkeypatch.setattr(predict_module, "CHUNK", 1)


@pytest.mark.parametrize("name", ["out.jsonl", "out.conll", "out.txt"])
def test_an_interrupted_command_continues(cli, model, few, tmp_path: Path, name: str) -> None:
    texts = [f"Ada lives in London{number} ." for number in range(9)]
    source, output = tmp_path / "in.txt", tmp_path / name
    source.write_text("\n".join(texts))
    arguments = ("predict", model, "--input", source, "--output", output)
    cli(*arguments)
    expected = output.read_bytes()
    output.unlink()
    source.write_bytes("\n".join(texts[:5]).encode() + b"\n\xff\n")
    assert cli(*arguments, "--resume").exit_code == 2
    assert not output.exists()
    partial, state = tmp_path / f"{name}.partial", tmp_path / f"{name}.partial.json"
    assert expected.startswith(partial.read_bytes())
    assert json.loads(state.read_text())["done"] == 5
    with partial.open("ab") as file:
        file.write(b"half a li")  # a chunk that was not finished
    source.write_text("\n".join(texts))
    assert cli(*arguments, "--resume").exit_code == 0
    assert output.read_bytes() == expected
    assert sorted(tmp_path.iterdir()) == sorted([source, output])


def test_skipped_input_is_skipped_again(cli, model, few, tmp_path: Path, caplog) -> None:
    source, output = tmp_path / "in.txt", tmp_path / "out.jsonl"
    arguments = ("predict", model, "--input", source, "--output", output, "--resume")
    source.write_bytes(BAD)
    assert cli(*arguments).exit_code == 2
    assert cli(*arguments, "--on-error", "skip").exit_code == 0
    assert [json.loads(line)["text"] for line in output.read_text().splitlines()] == ["Ada", "Paris"]
    assert caplog.messages == [
        f"skipped {source}:2: not UTF-8: byte 0xFF after 'not '",
        "skipped 1 input in total",
    ]


def test_another_input_or_another_option_is_not_continued(cli, complaint, model, few, tmp_path: Path) -> None:
    source, output = tmp_path / "in.txt", tmp_path / "out.jsonl"
    arguments = ("predict", model, "--input", source, "--output", output, "--resume")
    source.write_bytes(BAD)
    assert cli(*arguments).exit_code == 2
    state = tmp_path / "out.jsonl.partial.json"
    assert complaint(*arguments, "--tokens") == (
        f"{state}: belongs to another model or other options; delete it to start again"
    )
    source.write_text("Eve\nParis\n")
    assert "inputs up to number 1 have changed since the interrupted command" in complaint(*arguments)
    good = state.read_text()
    for damaged in ("", "{}", "[]", "null", "{", good.replace('"size": ', '"size": 9')):
        state.write_text(damaged)
        assert "start again" in complaint(*arguments)
    state.unlink()
    assert "out.jsonl.partial: out.jsonl.partial.json is missing" in complaint(*arguments)
    (tmp_path / "out.jsonl.partial").unlink()
    assert cli(*arguments).exit_code == 0


def test_fields_of_the_input_may_not_change(cli, complaint, model, few, tmp_path: Path) -> None:
    source, output = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    arguments = ("predict", model, "--input", source, "--output", output, "--resume")
    source.write_text('{"text": "Ada", "id": 1}\n[]\n')
    assert cli(*arguments).exit_code == 2
    source.write_text('{"text": "Ada", "id": 2}\n')
    assert "inputs up to number 1 have changed" in complaint(*arguments)


def test_an_error_before_the_first_prediction_leaves_nothing(complaint, model, tmp_path: Path) -> None:
    for name, content in (("absent", None), ("bad.txt", b"\xff\n")):
        if content is not None:
            (tmp_path / name).write_bytes(content)
        source, output = tmp_path / name, tmp_path / "out.jsonl"
        assert name in complaint("predict", model, "--input", source, "--output", output, "--resume")
    assert [path.name for path in tmp_path.iterdir()] == ["bad.txt"]


def test_files_of_the_user_are_not_used_as_partial_output(complaint, model, tmp_path: Path) -> None:
    output = tmp_path / "out.jsonl"
    for name, message in (("out.jsonl.partial", "is missing"), ("out.jsonl.partial.json", "is damaged")):
        (tmp_path / name).write_text("mine")
        assert message in complaint("predict", model, "Ada", "--output", output, "--resume")
        assert (tmp_path / name).read_text() == "mine"
        (tmp_path / name).unlink()
        assert not list(tmp_path.iterdir())
    output.mkdir()
    message = complaint("predict", model, "Ada", "--output", output, "--resume")
    assert message == f"{output}: is a directory"


def test_two_commands_do_not_write_one_output(complaint, model, tmp_path: Path) -> None:
    output, partial = tmp_path / "out.jsonl", tmp_path / "out.jsonl.partial"
    command = [sys.executable, "-m", "seqnlp", "predict", str(model), "--output", str(output), "--resume"]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as first:
        assert first.stdin
        first.stdin.write(b"Ada lives\nParis\n")
        first.stdin.flush()
        while not partial.exists() or b"Paris" not in partial.read_bytes():
            assert first.poll() is None
        message = complaint("predict", model, "Ada", "--output", output, "--resume")
        assert message in (
            f"{output}.partial: is in use by another process",
            f"{output}.partial.json: belongs to another model or other options; delete it to start again",
        )
    assert [json.loads(line)["text"] for line in output.read_text().splitlines()] == ["Ada lives", "Paris"]


def test_resume_needs_an_output_file(complaint, model) -> None:
    assert complaint("predict", model, "Ada", "--resume") == "--resume goes with --output FILE"


def test_a_killed_command_continues(model, tmp_path: Path) -> None:
    source, output = tmp_path / "in.txt", tmp_path / "out.jsonl"
    source.write_text("".join(f"Ada lives in London {number} .\n" for number in range(9 * CHUNK // 25)))
    command = [sys.executable, "-m", "seqnlp.cli.main", "predict", model, "--input", source, "--output"]
    state = tmp_path / "out.jsonl.partial.json"
    with subprocess.Popen([*command, output, "--resume"]) as process:
        while process.poll() is None and not state.exists():
            pass
        process.send_signal(signal.SIGKILL)
    subprocess.run([*command, output, "--resume"], check=True)
    texts = [json.loads(line)["text"] for line in output.read_text().splitlines()]
    assert texts == source.read_text().splitlines()


KILLED_AT = """
import os, signal
from itertools import count
from pathlib import Path
from seqnlp.cli import predict
from seqnlp.cli.main import main

calls = count(1)

def dying(function):
    def call(*arguments, **options):
        if next(calls) == NUMBER:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*arguments, **options)
    return call

predict.CHUNK = 1
os.fsync = dying(os.fsync)
for name in ("open", "replace", "unlink"):
    setattr(Path, name, dying(getattr(Path, name)))
main()
"""
"""A command that is killed at one of the places where it changes or opens files."""


def test_a_command_that_is_killed_anywhere_continues(cli, attending, tmp_path: Path) -> None:
    source = tmp_path / "in.txt"
    source.write_bytes(b"a film\nbad \xff\nwarm\nand witty\n")

    def command(output: Path) -> tuple[object, ...]:
        options = ("--explain", "--on-error", "skip", "--output", output)
        return "predict", attending.path, "--input", source, *options

    cli(*command(tmp_path / "expected.html"))
    expected = (tmp_path / "expected.html").read_bytes()
    for number in (5, 9, 20, 35, 36):  # there are 36 such places
        output = tmp_path / str(number) / "out.html"
        output.parent.mkdir()
        arguments = list(map(str, (*command(output), "--resume")))
        script = KILLED_AT.replace("NUMBER", str(number))
        killed = subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, check=False)
        assert killed.returncode == -signal.SIGKILL
        assert cli(*arguments).exit_code == 0
        assert output.read_bytes() == expected
        assert list(output.parent.iterdir()) == [output]


def test_the_state_counts_items_and_bytes() -> None:
    items = [Item("Ada", 3), Item(("New", "York"), 8)]
    state = State("command").advance(b"12", items[:1]).advance(b"345", items[1:])
    assert (state.size, state.done) == (5, 2)
    assert state == State("command").advance(b"12345", items)
    assert state.checksum != State("command").advance(b"12345", items[::-1]).checksum


@pytest.mark.parametrize(("terminal", "term"), [(True, "xterm"), (True, "dumb"), (False, "xterm")])
def test_progress_is_shown_on_a_terminal_only(capsys, monkeypatch, terminal: bool, term: str) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal, raising=False)
    monkeypatch.setattr("seqnlp.cli.progress._SECONDS", 0)
    monkeypatch.setenv("TERM", term)
    count = ItemCount("predicted")
    count.add(1200)
    count.add(34)
    count.clear()
    shown = capsys.readouterr().err
    assert ("predicted 1,234" in shown) is (terminal and term != "dumb")
    assert shown.rpartition("\r")[2] == ""


def read_all(terminal: int) -> Iterator[bytes]:
    with suppress(OSError):  # there is nothing left
        while block := os.read(terminal, 100_000):
            yield block


def test_a_command_on_a_terminal_that_writes_a_file_shows_its_progress(model, tmp_path: Path) -> None:
    source, output = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text('{"text": "Ada lives in London"}\n' * 20_000 + '{"x": 1}\n')
    ours, theirs = os.openpty()
    options = ["--input", str(source), "--output", str(output), "--on-error", "skip"]
    command = [sys.executable, "-m", "seqnlp", "predict", str(model), *options]
    environment = {**os.environ, "TERM": "xterm"}
    subprocess.run(command, stdout=theirs, stderr=theirs, check=True, env=environment)
    os.close(theirs)
    shown = b"".join(read_all(ours)).decode()
    os.close(ours)
    assert "\rpredicted " in shown
    lines = [line.rpartition("\r")[2] for line in shown.replace("\r\n", "\n").split("\n")]
    problem = f'{source}:20001: expected an object with "text" or "tokens" or "words"'
    assert lines == [f"skipped {problem}", "skipped 1 input in total", ""]
