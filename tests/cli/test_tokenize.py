import gzip
import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from seqnlp.cli.tokenize import tokenize
from seqnlp.errors import ConfigError, DataError, SeqnlpError

app = typer.Typer()
app.command()(tokenize)


def run(*arguments: str | Path, stdin: bytes | None = None) -> Result:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments], input=stdin)
    if isinstance(result.exception, SeqnlpError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result


def rows(*arguments: str | Path, stdin: bytes | None = None) -> list[dict[str, Any]]:
    return [json.loads(line) for line in run(*arguments, stdin=stdin).stdout_bytes.decode().split("\n")[:-1]]


def test_texts_on_the_command_line() -> None:
    assert rows("It's Łódź.", "👍🏽!") == [
        {
            "text": "It's Łódź.",
            "tokens": [
                {"text": "It", "start": 0, "end": 2},
                {"text": "'s", "start": 2, "end": 4},
                {"text": "Łódź", "start": 5, "end": 9},
                {"text": ".", "start": 9, "end": 10},
            ],
        },
        {
            "text": "👍🏽!",
            "tokens": [{"text": "👍🏽", "start": 0, "end": 2}, {"text": "!", "start": 2, "end": 3}],
        },
    ]


def test_lone_surrogates_survive() -> None:
    assert rows("a\udcff")[0]["tokens"][-1] == {"text": "\udcff", "start": 1, "end": 2}


@pytest.mark.parametrize(
    ("name", "count"), [("words", 6), ("whitespace", 3), ("tweets", 4), ("characters", 10)]
)
def test_every_tokenizer(name: str, count: int) -> None:
    assert len(rows("don't #go :)", "--tokenizer", name)[0]["tokens"]) == count


CONTENT = "\ufeffOne line.\r\n\nÄ\u2028third".encode()
TEXTS = ["One line.", "", "Ä\u2028third"]


def test_files_and_standard_input(tmp_path: Path) -> None:
    plain, packed = tmp_path / "texts", tmp_path / "packed"
    plain.write_bytes(CONTENT)
    packed.write_bytes(gzip.compress(CONTENT))
    for found in (
        rows("--input", plain),
        rows("--input", packed),
        rows("--input", "-", stdin=CONTENT),
        rows(stdin=CONTENT),
    ):
        assert [row["text"] for row in found] == TEXTS
        assert [len(row["tokens"]) for row in found] == [3, 0, 2]


def test_output_file(tmp_path: Path) -> None:
    output = tmp_path / "tokens.jsonl"
    assert run("--output", output, stdin=CONTENT).stdout == ""
    assert [json.loads(line)["text"] for line in output.read_text("utf-8").split("\n")[:-1]] == TEXTS
    assert list(tmp_path.iterdir()) == [output]


def test_subwords_have_ids(tmp_path: Path) -> None:
    vocabulary = tmp_path / "vocab.txt"
    vocabulary.write_text("[PAD]\n[UNK]\nlow\n##er\n")
    arguments = ("--tokenizer", "subwords", "--vocabulary", vocabulary)
    assert rows("Lower", *arguments, "--lower-case")[0]["tokens"] == [
        {"text": "Low", "start": 0, "end": 3, "id": 2},
        {"text": "er", "start": 3, "end": 5, "id": 3},
    ]
    assert [token["id"] for token in rows("Lower low", *arguments)[0]["tokens"]] == [1, 2]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["text", "--input", "file"], "not from both"),
        (["text", "--tokenizer", "word"], "did you mean 'words'"),
        (["text", "--tokenizer", "subwords"], "needs --vocabulary"),
        (["text", "--lower-case"], "go with --tokenizer subwords only"),
    ],
)
def test_usage(arguments: list[str], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        run(*arguments)


def test_invalid_input_leaves_no_output(tmp_path: Path) -> None:
    source, output = tmp_path / "texts", tmp_path / "tokens.jsonl"
    source.write_bytes(b"fine\nnot \xff\n")
    for name, message in (
        (source, "texts:2: not UTF-8"),
        (tmp_path, "Is a directory"),
        ("none", "No such file"),
    ):
        with pytest.raises(DataError, match=message):
            run("--input", name, "--output", output)
    with pytest.raises(DataError, match="standard input:2: not UTF-8"):
        run("--output", output, stdin=b"fine\nnot \xff\n")
    assert not output.exists()
    with pytest.raises(DataError, match="No such file"):
        run("text", "--output", tmp_path / "none" / "tokens.jsonl")
