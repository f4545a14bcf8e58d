"""`seqnlp predict` with a language model: text appears on a terminal while it is generated."""

import json
import os
import signal
import subprocess
import sys

import pytest
from typer.testing import CliRunner

import seqnlp
from seqnlp.cli.main import app
from seqnlp.tasks.language_modelling.generation import GenerationOptions
from tests.cli.test_prompt import SECONDS, Terminal

COMMAND = [sys.executable, "-m", "seqnlp.cli.main", "predict"]
PLAIN = ["--temperature", "1.3", "--seed", "4"]


def continuation(model: seqnlp.LanguageModel, prompt: str, length: int, *stop: str) -> str:
    """Return a prompt with its continuation as a terminal shows it."""
    options = GenerationOptions(length=length, temperature=1.3, seed=4, stop=stop)
    return (prompt + model.predict([prompt], options)[0].text).replace("\n", "\r\n")


def test_a_terminal_shows_the_text_of_a_prediction(lines_run: seqnlp.Run[seqnlp.LanguageModel]) -> None:
    model = lines_run.model
    for stop in ([], ["--stop", "at", "--stop", "red"]):
        terminal = Terminal(*COMMAND, lines_run.path, "the cat", "--length", "200", *PLAIN, *stop)
        expected = continuation(model, "the cat", 200, *stop[1::2])
        assert terminal.read_until("\r\n") == f"{expected}\r\n"
        assert terminal.process.wait(SECONDS) == 0
        os.close(terminal.ours)


def test_each_prompt_is_continued_before_the_next_one_is_typed(
    lines_run: seqnlp.Run[seqnlp.LanguageModel],
) -> None:
    terminal = Terminal(*COMMAND, lines_run.path, "--length", "30", *PLAIN)
    for prompt in ("the", "a cat"):
        terminal.read_until("> ")
        terminal.type(f"{prompt}\n")
        terminal.read_until(f"{prompt}\r\n")  # the echo of the terminal
        assert terminal.read_until("\r\n") == continuation(lines_run.model, prompt, 30) + "\r\n"
    terminal.read_until("> ")
    terminal.type("\x04")  # Ctrl-D
    assert terminal.process.wait(SECONDS) == 0
    os.close(terminal.ours)


def test_an_interrupted_text_ends_its_line(lines_run: seqnlp.Run[seqnlp.LanguageModel]) -> None:
    endless = GenerationOptions(length=2000, temperature=1.3, top_k=1)
    if lines_run.model.predict(["the"], endless)[0].continuations[0].ended:
        pytest.skip("the most probable text ends soon")
    options = ["--length", "1000000", "--top-k", "1", *PLAIN]
    terminal = Terminal(*COMMAND, lines_run.path, "the", *options)
    shown = terminal.read_until("the")
    terminal.process.send_signal(signal.SIGINT)
    shown += terminal.read_until("\r\ninterrupted\r\n")
    assert terminal.process.wait(SECONDS) == 130
    assert "Traceback" not in shown
    os.close(terminal.ours)


def test_a_closed_pipe_ends_the_command(lines_run: seqnlp.Run[seqnlp.LanguageModel]) -> None:
    process = subprocess.Popen(
        [*map(str, COMMAND), str(lines_run.path), *["the"] * 4000],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.close()
    assert process.wait(SECONDS) == 0
    assert process.stderr is not None
    assert process.stderr.read() == b""
    process.stderr.close()


def test_stop_strings_of_several_prompts(lines_run: seqnlp.Run[seqnlp.LanguageModel]) -> None:
    arguments = ["predict", str(lines_run.path), "the", "a", "--length", "40", *PLAIN, "--stop", "a"]
    result = CliRunner().invoke(app, [*arguments, "--stop", "h"])
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert [each["text"] for each in found] == ["the", "a"]
    for each in found:
        expected = continuation(lines_run.model, each["text"], 40, "a", "h")
        assert each["text"] + each["continuation"] == expected.replace("\r\n", "\n")
