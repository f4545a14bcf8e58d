"""Language models on the command line: odd texts are used, or named in one line."""

import gzip
import json
import os
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from typer.testing import Result

import seqnlp
from seqnlp.corpora.formats.lines import read_text
from seqnlp.data.language_codec import LanguageCodec

Cli = Callable[..., Result]
Complaint = Callable[..., str]

TEXT = "the cat sat on the mat\nthe mat is red\n" * 30
SMALL = [
    argument
    for setting in (
        "network.units=8",
        "network.dimension=4",
        "training.rows=4",
        "training.window=16",
    )
    for argument in ("--set", setting)
]
TRAIN = ("train", "language-model", "--epochs", 1, *SMALL)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small run."""
    folder = tmp_path_factory.mktemp("run")
    (folder / "a.txt").write_text(TEXT)
    settings = {"network.units": 8, "network.dimension": 4, "training.rows": 4, "training.window": 16}
    output = folder / "run"
    seqnlp.train(
        "language-model", train=folder / "a.txt", settings=settings, epochs=1, output=output, quiet=True
    )
    return output


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], Path]:
    """Return a function that writes a file in the current folder."""
    monkeypatch.chdir(tmp_path)

    def write(content: bytes, name: str = "a.txt") -> Path:
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    return write


WRONG = {
    "empty": (b"", "a.txt: contains no text"),
    "white space only": (b" \n\t\r\n\xc2\xa0\n" * 9, "a.txt: contains no text"),
    "long white space": (b" \n" * 80_000, "a.txt: contains no text"),
    "not UTF-8": (TEXT.encode() + b"na\xefve\n", "a.txt:61: not UTF-8: byte 0xEF after 'na'"),
    "not UTF-8, far from the start": (
        b"a line\n" * 40_000 + b"\xff\n" + b"b\n" * 40_000,
        "a.txt:40001: not UTF-8: byte 0xFF after ''",
    ),
    "truncated gzip": (gzip.compress(TEXT.encode())[:-9], "a.txt: the gzip data are damaged or truncated"),
    "UTF-16": (TEXT.encode("utf-16"), "a.txt:1: not UTF-8: byte 0xFF after ''"),
}


@pytest.mark.parametrize("command", ["train", "prepare", "evaluate"])
@pytest.mark.parametrize(("content", "message"), WRONG.values(), ids=WRONG)
def test_an_invalid_file_is_one_line(
    command: str, content: bytes, message: str, file: Callable[..., Path], run: Path, complaint: Complaint
) -> None:
    file(content)
    task = ["language-model", "--train", "a.txt", "--output", "new"]
    options = [run, "--data", "a.txt"] if command == "evaluate" else task
    assert complaint(command, *options).startswith(message)
    assert os.listdir() == ["a.txt"]


def test_a_short_text_needs_dev_data(file: Callable[..., Path], complaint: Complaint) -> None:
    file(b"One line")
    message = complaint(*TRAIN, "--train", "a.txt", "--output", "run")
    assert message == "a.txt: the training text is too short to hold out dev data; give dev data"


ODD = {
    "one line": b"one short line only\n",
    "one line without its end": b"one short line only",
    "NUL": b"the\0cat \0\0 sat\n" * 4,
    "CRLF": TEXT.replace("\n", "\r\n").encode(),
    "CR": b"one\rtwo\rthree\r" * 4,
    "byte order mark": TEXT.encode("utf-8-sig"),
    "characters": "a\u2028b\x85c 👩‍👩‍👧 \u0301é \x1b[31m \ue000 \ufffd\n".encode() * 4,
    "long line": b"the cat " * 20_000,
    "gzip": gzip.compress(TEXT.encode()),
}


@pytest.mark.parametrize("unit", ["characters", "subwords", "words"])
@pytest.mark.parametrize("content", ODD.values(), ids=ODD)
def test_an_odd_file_trains(unit: str, content: bytes, file: Callable[..., Path], cli: Cli) -> None:
    """Documents of a file are also shorter than the window."""
    file(content)
    options = ["--set", f"text.unit={unit}", "--set", "text.min_count=1", "--output", "prepared"]
    prepared = cli("prepare", "language-model", "--train", "a.txt", "--dev", "a.txt", *options)
    assert prepared.exit_code == 0, prepared.stderr
    ids = np.load("prepared/train.ids.npy")
    codec = LanguageCodec.from_spec(json.loads(Path("prepared/codec.json").read_text(encoding="utf-8")))
    text = "".join(read_text("a.txt"))
    assert ids.tolist() == [*codec.encode(text), 2]
    if unit != "words":
        assert codec.decode(ids.tolist()).replace("\ufffd", "\ue000") == text.replace("\ufffd", "\ue000")


@pytest.mark.parametrize("name", ["one line", "NUL"])
def test_an_odd_file_is_trained_and_evaluated(name: str, file: Callable[..., Path], cli: Cli) -> None:
    file(ODD[name])
    trained = cli(*TRAIN, "--train", "a.txt", "--dev", "a.txt", "--output", "run")
    assert trained.exit_code == 0, trained.stderr
    scores = json.loads(cli("evaluate", "run", "--data", "a.txt", "--json").stdout)
    assert scores["documents"] == 1
    assert scores["per_document"][0]["perplexity"] == pytest.approx(scores["perplexity"])


def test_a_folder_may_have_other_files(
    file: Callable[..., Path], cli: Cli, complaint: Complaint, caplog: pytest.LogCaptureFixture
) -> None:
    for name, content in {
        "texts/a.txt": TEXT.encode(),
        "texts/deep/b.md": TEXT.encode(),
        "texts/cover.png": b"\x89PNG\r\n\x1a\n",
        "texts/table.csv": b"\xff\xfe",
        "texts/.hidden.txt": b"\xff",
        "texts/blank.txt": b" \n",
    }.items():
        file(content, name)
    options = ["--train", "texts", "--set", "format.document=line", "--output", "prepared"]
    message = complaint("prepare", "language-model", *options)
    assert message == "texts/blank.txt: contains no text"
    skipped = cli("prepare", "language-model", *options, "--on-error", "skip")
    assert skipped.exit_code == 0
    assert "skipped 1 document (first: texts/blank.txt: contains no text)" in caplog.text
    os.remove("texts/blank.txt")
    file(b"\xff", "texts/deep/c.txt")
    again = [*options[:-1], "again"]
    assert complaint("prepare", "language-model", *again).startswith("texts/deep/c.txt:1: not UTF-8")


def test_a_pipe_is_read_once(file: Callable[..., Path], cli: Cli) -> None:
    file(TEXT.encode())
    os.mkfifo("pipe.txt")
    content = b"the cat sat\n" * 20_000
    writer = threading.Thread(target=Path("pipe.txt").write_bytes, args=(content,))
    writer.start()
    options = ["--train", "pipe.txt", "--dev", "a.txt", "--output", "prepared", "--json"]
    report = json.loads(cli("prepare", "language-model", *options).stdout)
    writer.join()
    assert report["splits"]["train"]["sides"][""]["tokens"] == len(content) + 1


def test_training_leaves_no_temporary_file(
    file: Callable[..., Path], cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    file(TEXT.encode())
    Path("tmp").mkdir()
    monkeypatch.setenv("TMPDIR", "tmp")
    monkeypatch.setattr("tempfile.tempdir", None)
    assert cli("prepare", "language-model", "--train", "a.txt", "--output", "prepared").exit_code == 0
    assert os.listdir("tmp") == []


@pytest.mark.parametrize("text", ["", " ", "\n", "Ünsëen ☃ \0", "the cat " * 3000])
@pytest.mark.parametrize("options", [(), ("--score",)])
def test_any_prompt_has_a_prediction(text: str, options: tuple[str, ...], run: Path, cli: Cli) -> None:
    arguments = ("--input", "-", "--input-format", "jsonl", "--output-format", "jsonl", "--length", 5)
    result = cli("predict", run, *arguments, *options, stdin=json.dumps({"text": text}).encode() + b"\n")
    assert result.exit_code == 0, result.stderr
    (line,) = result.stdout.splitlines()
    found = json.loads(line)
    assert found["text"] == text
    assert ("tokens" if options else "continuation") in found


def test_input_that_is_not_utf_8_is_one_line(run: Path, complaint: Complaint) -> None:
    message = complaint("predict", run, "--input", "-", stdin=b"na\xefve\n")
    assert "1: not UTF-8" in message


def test_the_least_probable_tokens_are_written(file: Callable[..., Path], run: Path, cli: Cli) -> None:
    file(b"the cat sat on the m\xc3\xb6t\n")
    assert cli("evaluate", run, "--data", "a.txt", "--errors", "errors.jsonl").exit_code == 0
    found = [json.loads(line) for line in Path("errors.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {each["file"] for each in found} == {"a.txt"}
    (unseen,) = [each for each in found if each["gold"] == "ö"]
    assert unseen["text"] == "the cat sat on the m"
    assert unseen["log_probability"] < 0
    assert cli("evaluate", run, "--data", "a.txt", "--errors", "errors.html").exit_code == 0
    assert "the cat sat on the m" in Path("errors.html").read_text(encoding="utf-8")
