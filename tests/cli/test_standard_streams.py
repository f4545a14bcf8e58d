"""Closed standard streams, encodings other than UTF-8, and `python -m seqnlp`."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest


def shell(command: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["sh", "-c", command.replace("SEQNLP", f"{sys.executable} -m seqnlp")],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, **variables},
    )


def test_the_package_is_a_command(model: Path) -> None:
    result = shell(f"SEQNLP predict {model} Oslo")
    assert (result.returncode, result.stderr) == (0, "")
    assert json.loads(result.stdout)["text"] == "Oslo"
    assert "Usage: seqnlp [OPTIONS]" in shell("SEQNLP --help").stdout


@pytest.mark.parametrize("command", ["predict MODEL Oslo", "inspect MODEL", "--help", "corpora list --json"])
def test_a_closed_standard_output_is_one_line(model: Path, command: str) -> None:
    result = shell(f"SEQNLP {command.replace('MODEL', str(model))} >&-")
    assert (result.returncode, result.stderr) == (2, "error: standard output is closed\n")


def test_a_file_is_written_without_standard_streams(model: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.jsonl"
    assert shell(f"SEQNLP predict {model} Oslo --output {output} <&- >&- 2>&-").returncode == 0
    assert json.loads(output.read_text())["text"] == "Oslo"


def test_errors_do_not_go_to_standard_output(model: Path) -> None:
    result = shell(f"SEQNLP predict {model} --input none 2>&-")
    assert (result.returncode, result.stdout) == (2, "")


def test_a_closed_standard_input_is_empty(model: Path) -> None:
    result = shell(f"SEQNLP predict {model} <&-")
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_output_that_the_encoding_lacks_is_escaped(model: Path, tmp_path: Path) -> None:
    data = tmp_path / "gold.conll"
    data.write_text("Ada B-地名\n", encoding="utf-8")
    for command in (f"evaluate {model} --data {data}", f"corpora check {data}"):
        result = shell(f"SEQNLP {command}", PYTHONIOENCODING="latin-1")
        assert result.returncode == 0
        assert "\\u5730\\u540d" in result.stdout
    (line,) = shell(f"SEQNLP predict {model} 地名", PYTHONIOENCODING="latin-1").stdout.splitlines()
    assert json.loads(line)["text"] == "地名"
