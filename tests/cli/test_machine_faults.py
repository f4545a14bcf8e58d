"""Faults of the machine: full disks, broken streams, other encodings, signals, and unusable directories."""

import ctypes
import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import seqnlp
from seqnlp import corpora, files
from seqnlp.errors import DataError
from seqnlp.training.directory_lock import lock_directory

SIZES = {
    "network.word_dimension": 8,
    "network.character_dimension": 4,
    "network.character_filters": 4,
    "network.units": 8,
    "training.buckets": 1,
    "training.epochs": 1,
}
SMALL = [option for name, value in SIZES.items() for option in ("--set", f"{name}={value}")]
SEVERAL = """
import os, sys
from seqnlp.cli.main import main

for command in {commands!r}:
    sys.argv = ["seqnlp", *map(os.fsdecode, command)]
    try:
        main()
        code = 0
    except SystemExit as error:
        code = error.code or 0
    print("<exit", code, flush=True)
"""
"""A process that runs several commands, and prints the exit code after the output of each."""


@pytest.fixture(scope="module")
def gold(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file of tagged sentences."""
    path = tmp_path_factory.mktemp("gold") / "gold.conll"
    sentences = corpora.load("sample/ner").train[:60]
    path.write_text(
        "\n\n".join("\n".join(map(" ".join, zip(each.words, each.tags, strict=True))) for each in sentences)
    )
    return path


@pytest.fixture(scope="module")
def run(gold: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the directory of a finished run."""
    output = tmp_path_factory.mktemp("finished") / "run"
    return seqnlp.train("tagger", train=gold, dev=gold, settings=SIZES, output=output, quiet=True).path


@contextmanager
def small_disk(size: int) -> Iterator[None]:
    """Let no file grow beyond a size in bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def several(commands: Sequence[Sequence[object]], **options: Any) -> list[tuple[str, int]]:
    """Run commands in one new process, and return the output and the exit code of each."""
    script = SEVERAL.format(commands=[[str(word).encode() for word in command] for command in commands])
    result = subprocess.run(
        [sys.executable, "-c", script],
        check=False,
        timeout=120,
        **{"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, **options},
    )
    first, *others = result.stdout.decode("utf-8", "backslashreplace").split("<exit ")
    assert len(others) == len(commands), result.stdout
    codes, texts = zip(*(other.split("\n", 1) for other in others), strict=True)
    return list(zip([first, *texts[:-1]], map(int, codes), strict=True))


# Full disks.


@pytest.mark.parametrize("size", [0, 5_000])
@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("predict MODEL --input GOLD --input-format text --output out.jsonl", "out.jsonl"),
        ("predict MODEL --input GOLD --output out.conll", "out.conll"),
        ("evaluate MODEL --data GOLD --errors out.jsonl", "out.jsonl"),
        ("evaluate MODEL --data GOLD --errors out.html", "out.html"),
        ("tokenize --input GOLD --output out.jsonl", "out.jsonl"),
        ("prepare tagger --train GOLD --dev GOLD --output out", "out/"),
        ("train tagger --train GOLD --dev GOLD --output out --json SMALL", "out/"),
        ("export RUN --output out.onnx", "out.onnx"),
    ],
)
def test_a_full_disk_is_one_line_that_names_the_file(
    complaint: Callable[..., str],
    model: Path,
    gold: Path,
    run: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: str,
    name: str,
    size: int,
) -> None:
    monkeypatch.chdir(tmp_path)
    values = {"MODEL": [model], "GOLD": [gold], "RUN": [run], "SMALL": [*SMALL]}
    arguments = [argument for word in command.split() for argument in values.get(word, [word])]
    with small_disk(size):
        message = complaint(*arguments)
    assert message.startswith(name)
    assert message.endswith(": File too large") or "is the disk full?" in message
    assert not list(tmp_path.iterdir())


def test_a_resumable_output_keeps_what_fits_on_the_disk(
    cli: Any, complaint: Callable[..., str], model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("seqnlp.cli.predict.CHUNK", 100)
    source, output = tmp_path / "in.txt", tmp_path / "out.jsonl"
    source.write_text("Ada lives in London .\n" * 50)
    arguments = ("predict", model, "--input", source, "--output", output, "--resume")
    cli(*arguments)
    expected = output.read_bytes()
    output.unlink()
    with small_disk(2_000):
        assert complaint(*arguments) == f"{output}: File too large"
    state = json.loads((tmp_path / "out.jsonl.partial.json").read_text())
    assert 0 < state["done"] < 50
    assert cli(*arguments).exit_code == 0
    assert output.read_bytes() == expected
    assert sorted(tmp_path.iterdir()) == [source, output]


def test_training_resumes_when_there_is_space_again(
    gold: Path, run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = {"config.toml"}
    synced = files._sync

    def sync(path: Path) -> None:
        if any(
            path.name.startswith(f".{Path(name).stem}.") and path.suffix == Path(name).suffix for name in full
        ):
            raise OSError(28, os.strerror(28))
        synced(path)

    monkeypatch.setattr(files, "_sync", sync)
    output = tmp_path / "run"
    for name in ("config.toml", "state.npz"):
        full = {name}
        with pytest.raises(DataError, match=rf"{name}: No space left on device"):
            seqnlp.train("tagger", train=gold, dev=gold, settings=SIZES, output=output, quiet=True)
        assert not list(tmp_path.iterdir())  # nothing can be resumed
    full = {"history.jsonl"}
    with pytest.raises(DataError, match=r"history.jsonl: No space left on device"):
        seqnlp.train("tagger", train=gold, dev=gold, settings=SIZES, output=output, quiet=True)
    for name in ("model.onnx", "model.keras", "training.png", "README.md", "metrics.json"):
        full = {name}
        with pytest.raises(DataError, match=rf"{name}: No space left on device"):
            seqnlp.train("tagger", output=output, resume=True, quiet=True)
    full = set()
    again = seqnlp.train("tagger", output=output, resume=True, quiet=True)
    assert again.metrics["dev"] == seqnlp.Run(run).metrics["dev"]
    assert {path.name for path in output.iterdir()} == {path.name for path in run.iterdir()}


# Broken streams.


def test_messages_that_cannot_be_written_do_not_end_a_command(process: Any, model: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full here")
    with Path("/dev/full").open("w") as full:
        result = process("predict", model, input="Ada\n", stderr=full)
        assert (result.returncode, json.loads(result.stdout)["text"]) == (0, "Ada")
        assert process("predict", model, "--input", "none", stderr=full).returncode == 2
        result = process(
            "predict", model, "--on-error", "skip", "--input-format", "jsonl", input="x\n", stderr=full
        )
        assert (result.returncode, result.stdout) == (0, "")


def test_training_goes_on_without_a_reader_of_its_messages(gold: Path, tmp_path: Path) -> None:
    output = tmp_path / "run"
    data = ["--train", str(gold), "--dev", str(gold), "--output", str(output)]
    command = [sys.executable, "-m", "seqnlp", "train", "tagger", *data, *SMALL]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as process:
        assert process.stderr
        process.stderr.close()
    assert process.returncode == 0
    assert (output / "metrics.json").exists()


def test_a_standard_input_that_cannot_be_read_is_one_line(process: Any, model: Path) -> None:
    with Path(os.devnull).open("wb") as unreadable:
        result = process("predict", model, stdin=unreadable)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == "error: standard input: Bad file descriptor\n"


# Encodings other than UTF-8.


@pytest.mark.parametrize(
    "variables",
    [
        {"PYTHONIOENCODING": "latin-1"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    ],
    ids=["latin-1", "ascii"],
)
def test_every_command_works_with_any_encoding(
    model: Path, attending: Any, run: Path, tmp_path: Path, variables: dict[str, str]
) -> None:
    data, table, wrong = tmp_path / "Łódź.conll", tmp_path / "地名.csv", tmp_path / "wrong-é.conll"
    plain = tmp_path / "plain.conll"  # settings are UTF-8, and so are the files that they name
    for path in (data, plain):
        path.write_text("Ada B-地名\nöffnet O\n", encoding="utf-8")
    table.write_text("text,label\na film,good\nŁódź ‘地名’,böse\n", encoding="utf-8")
    wrong.write_text("Ada B-地名\nŁódź\n", encoding="utf-8")
    fine: list[list[object]] = [
        ["--help"],
        ["train", "tagger", "--help"],
        ["evaluate", model, "--data", data],
        ["evaluate", model, "--data", data, "--json"],
        ["evaluate", attending.path, "--data", table, "--errors", tmp_path / "Fehler-é.html"],
        ["predict", model, "Ada öffnet 地名", "--output-format", "text"],
        ["predict", model, "--input", data],
        ["predict", attending.path, "--input", table, "--output-format", "text", "--explain"],
        ["inspect", model],
        ["inspect", attending.path, "--json"],
        ["tokenize", "Łódź 地名"],
        ["corpora", "list"],
        ["corpora", "show", "sample/ner"],
        ["corpora", "check", data],
        ["corpora", "check", table],
        ["init", "classifier"],
        ["prepare", "tagger", "--train", plain, "--dev", plain, "--output", tmp_path / "vorbereitet-é"],
        ["export", run, "--output", tmp_path / "é.onnx"],
        ["train", "tagger", "--train", plain, "--dev", plain, *SMALL, "--output", tmp_path / "gelernt-é"],
        ["predict", tmp_path / "gelernt-é", "Łódź", "--output", tmp_path / "é.jsonl"],
    ]
    bad: list[list[object]] = [
        ["corpora", "check", wrong],
        ["evaluate", model, "--data", tmp_path / "fehlt-地名.conll"],
        ["predict", model, "--input", wrong, "--input-format", "地名"],
        ["train", "tagger", "--set", "地名=1"],
    ]
    found = several([*fine, *bad], env={**os.environ, **variables})
    for command, (text, code) in zip([*fine, *bad], found, strict=True):
        assert code == (0 if command in fine else 2), (command, text)
        assert "Traceback" not in text, (command, text)
    for text, _ in found[len(fine) :]:
        assert text.startswith("error: ")
        assert text.count("\n") == 1
    assert (tmp_path / "é.onnx").exists()


# Signals.


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("command", ["predict --input", "evaluate --data"])
def test_a_signal_ends_a_command_and_leaves_no_file(
    model: Path, tmp_path: Path, command: str, number: signal.Signals, code: int
) -> None:
    verb, option = command.split()
    data = tmp_path / "gold.conll"
    data.write_text("Ada B-PER\nlives O\nin O\nLondon B-LOC\n\n" * 50_000)
    output = {"predict": "--output", "evaluate": "--errors"}[verb]
    arguments = [verb, str(model), option, str(data), output, str(tmp_path / "out.jsonl")]
    process = subprocess.Popen(
        [sys.executable, "-m", "seqnlp", *arguments],
        stderr=subprocess.PIPE,
        # Background jobs of a shell ignore interrupts, and so do their children, such as this test.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    deadline = time.monotonic() + 60
    while len(list(tmp_path.iterdir())) == 1 and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(number)
    _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (code, b"interrupted\n" if number == signal.SIGINT else b"")
    assert list(tmp_path.iterdir()) == [data]


def test_an_interrupt_of_training_is_one_line_and_the_run_can_be_resumed(gold: Path, tmp_path: Path) -> None:
    output = tmp_path / "run"
    data = ["--train", str(gold), "--dev", str(gold), "--output", str(output)]
    command = [sys.executable, "-m", "seqnlp", "train", "tagger", *data, *SMALL, "--epochs", "500"]
    process = subprocess.Popen(
        command,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    deadline = time.monotonic() + 120
    checkpoint = output / "checkpoints" / "state.npz"
    while not checkpoint.exists() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert errors.splitlines()[-1] == b"interrupted"
    assert b"Traceback" not in errors
    assert {path.name for path in output.iterdir()} <= {"checkpoints", "config.toml", "history.jsonl"}


# Directories.


@pytest.mark.parametrize(
    "command", ["train tagger", "train tagger --folds 3", "prepare tagger", "compare --task copy"]
)
def test_two_processes_do_not_write_one_directory(
    complaint: Callable[..., str], tmp_path: Path, command: str
) -> None:
    with lock_directory(tmp_path / "run"):
        message = complaint(*command.split(), "--output", tmp_path / "run")
    assert message == f"{tmp_path / 'run'} is in use by process {os.getpid()}"
    assert not list(tmp_path.iterdir())


def respect_permissions() -> None:
    """Let permissions apply to root, too. They do not if it has these capabilities."""
    libc = ctypes.CDLL(None)
    for capability in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
        libc.prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="capabilities are those of Linux")
def test_a_read_only_directory_is_read_and_not_written(run: Path, gold: Path, tmp_path: Path) -> None:
    closed, home = tmp_path / "closed", tmp_path / "home"
    closed.mkdir()
    home.mkdir()
    seqnlp.export(run, closed / "model.onnx")
    (closed / "gold.conll").write_bytes(gold.read_bytes())
    before = sorted(closed.iterdir())
    for folder in (closed, home):
        folder.chmod(0o555)
    data = ("--train", closed / "gold.conll", "--dev", closed / "gold.conll")
    fixed = tmp_path / "fixed.jsonl"
    fixed.write_text("mine")
    fixed.chmod(0o444)
    bad: list[tuple[Sequence[object], str]] = [
        (["predict", closed / "model.onnx", "Ada", "--output", fixed], "../fixed.jsonl"),
        (["predict", closed / "model.onnx", "Ada", "--output", closed / "a.jsonl"], "a.jsonl"),
        (["predict", closed / "model.onnx", "Ada", "--output", closed / "a.jsonl", "--resume"], "a.jsonl"),
        (["evaluate", closed / "model.onnx", "--data", data[1], "--errors", closed / "a.html"], "a.html"),
        (["prepare", "tagger", *data, "--output", closed / "prepared"], "prepared"),
        (["train", "tagger", *data, "--output", closed / "run"], "run"),
        (["export", run, "--output", closed / "b.onnx"], "b.onnx"),
        (["compare", "--task", "copy", "--output", closed / "compared"], "compared"),
    ]
    fine: list[Sequence[object]] = [
        ["predict", closed / "model.onnx", "Ada"],
        ["evaluate", closed / "model.onnx", "--data", data[1], "--json"],
        ["corpora", "check", closed / "gold.conll"],
        ["train", "tagger", *data, *SMALL, "--output", tmp_path / "run", "--json"],
    ]
    found = several(
        [*fine, *(command for command, _ in bad)],
        preexec_fn=respect_permissions,
        env={**os.environ, "HOME": str(home), "XDG_CACHE_HOME": str(home), "XDG_CONFIG_HOME": str(home)},
    )
    for command, (text, code) in zip(fine, found, strict=False):
        assert code == 0, (command, text)
        assert "\x1b" not in text  # no warning of a library
    for (command, name), (text, code) in zip(bad, found[len(fine) :], strict=True):
        assert code == 2, (command, text)
        assert text.startswith(f"error: {os.path.normpath(closed / name)}"), text
        assert text.endswith(": Permission denied\n"), text
        assert text.count("\n") == 1, text
    assert sorted(closed.iterdir()) == before
    assert fixed.read_text() == "mine"
