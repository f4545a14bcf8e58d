"""`seqnlp predict` writes tables."""

import csv
import json
from pathlib import Path

import pytest

from seqnlp.cli.progress import ItemCount
from seqnlp.corpora import LABELLED

CONTENT = 'id,text,label\n7,"warm, witty",good\n8,"flat\njokes",bad\n'
COLUMNS = ["text", "label", "score", "scores.bad", "scores.good"]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "in.csv"
    path.write_text(CONTENT)
    return path


def rows_of(path: Path, delimiter: str = ",") -> list[list[str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file, delimiter=delimiter))


def test_the_columns_of_the_input_come_first(cli, attending, source: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.csv"
    assert cli("predict", attending.path, "--input", source, "--output", output).exit_code == 0
    header, *rows = rows_of(output)
    assert header == ["id", "input.label", *COLUMNS]
    assert [row[:3] for row in rows] == [["7", "good", "warm, witty"], ["8", "bad", "flat\njokes"]]
    assert [each.text for each in LABELLED.read(output)] == ["warm, witty", "flat\njokes"]


def test_the_output_is_an_input_again(cli, attending, source: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    assert cli("predict", attending.path, "--input", source, "--output", first).exit_code == 0
    assert cli("predict", attending.path, "--input", first, "--output", second).exit_code == 0
    header = ["id", "input.input.label", *(f"input.{name}" for name in COLUMNS[1:]), *COLUMNS]
    assert rows_of(second)[0] == header
    assert [row[-4:] for row in rows_of(second)[1:]] == [row[-4:] for row in rows_of(first)[1:]]


@pytest.mark.parametrize("output_format", [None, "csv"])
def test_text_and_json_become_tables(cli, attending, tmp_path: Path, output_format: str | None) -> None:
    output = tmp_path / ("out.csv" if output_format is None else "out")
    chosen = [] if output_format is None else ["--output-format", output_format]
    assert cli("predict", attending.path, "fine", "so, so", "--output", output, *chosen).exit_code == 0
    assert [row[0] for row in rows_of(output)] == ["text", "fine", "so, so"]
    (tmp_path / "in.jsonl").write_text('{"id": 7, "text": "fine", "label": ["x"]}\n{"text": "so"}\n')
    arguments = ("--input", tmp_path / "in.jsonl", "--output", output)
    assert cli("predict", attending.path, *arguments, *chosen).exit_code == 0
    header, *rows = [row[:3] for row in rows_of(output)]
    assert header == ["id", "input.label", "text"]
    assert rows == [["7", '["x"]', "fine"], ["", "", "so"]]


def test_fields_that_the_first_line_lacks_are_errors(
    cli, complaint, attending, tmp_path: Path, caplog
) -> None:
    source, output = tmp_path / "in.jsonl", tmp_path / "out.csv"
    source.write_text('{"text": "fine"}\n{"text": "so", "date": "May"}\n{"text": "flat"}\n')
    line = complaint("predict", attending.path, "--input", source, "--output", output)
    assert "in.jsonl:2: the first input has no field 'date'" in line
    assert not output.exists()
    arguments = ("--input", source, "--output", output, "--on-error", "skip")
    assert cli("predict", attending.path, *arguments).exit_code == 0
    assert [row[0] for row in rows_of(output)] == ["text", "fine", "flat"]
    assert "in.jsonl:2: the first input has no field 'date'" in caplog.text


def test_cells_that_need_quotes_are_errors_without_quotes(
    complaint, attending, source, tmp_path: Path
) -> None:
    line = complaint("predict", attending.path, "--input", source, "--output", tmp_path / "out.tsv")
    assert r"in.csv:3: 'flat\njokes' cannot be written in a table without quotes; write CSV" in line


def test_tables_have_the_notation_of_the_training_files(cli, attending, source: Path, tmp_path: Path) -> None:
    source.write_text("id;text\n7;warm, witty\n")
    for name in ("out.csv", "out.tsv"):
        options = ("--input", source, "--output", tmp_path / name, "--delimiter", ";")
        assert cli("predict", attending.path, *options).exit_code == 0
        assert rows_of(tmp_path / name, ";")[1][:2] == ["7", "warm, witty"]


def test_an_empty_input_gives_the_names_of_the_columns(cli, attending, tmp_path: Path) -> None:
    (tmp_path / "in.txt").write_text("")
    arguments = ("--input", tmp_path / "in.txt", "--output", tmp_path / "out.csv")
    assert cli("predict", attending.path, *arguments).exit_code == 0
    assert rows_of(tmp_path / "out.csv") == [COLUMNS]


def interrupt(progress: ItemCount, count: int) -> None:
    if count:
        raise KeyboardInterrupt


def test_an_interrupted_table_is_continued(
    cli, attending, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, output = tmp_path / "whole.csv", tmp_path / "out.csv"
    arguments: tuple[object, ...] = ("predict", attending.path, "--input", source, "--resume", "--output")
    assert cli(*arguments, whole).exit_code == 0
    monkeypatch.setattr("seqnlp.cli.predict.CHUNK", 1)
    with monkeypatch.context() as patched:
        patched.setattr("seqnlp.cli.progress.ItemCount.add", interrupt)
        assert cli(*arguments, output).exit_code != 0
    assert json.loads(output.with_name("out.csv.partial.json").read_text())["done"] == 1
    assert cli(*arguments, output).exit_code == 0
    assert output.read_bytes() == whole.read_bytes()


@pytest.mark.parametrize("name", ["out.tree.mrg", "out.ptb", "out.html", "out.conllu"])
def test_an_ending_of_a_format_that_the_task_does_not_write_is_an_error(
    complaint, attending, source: Path, tmp_path: Path, name: str
) -> None:
    line = complaint("predict", attending.path, "--input", source, "--output", tmp_path / name)
    assert "but a classifier writes jsonl or text or csv or tsv; choose one with --output-format" in line
    assert not (tmp_path / name).exists()


@pytest.mark.parametrize("name", ["out.tsv", "out.bio", "out.conll"])
def test_a_tagger_writes_columns_to_the_endings_of_its_corpora(cli, model, tmp_path: Path, name: str) -> None:
    (tmp_path / "in.tsv").write_text("Ada\tNNP\nflew\tVBD\n")
    assert cli("predict", model, "--input", tmp_path / "in.tsv", "--output", tmp_path / name).exit_code == 0
    assert [line.rpartition("\t")[0] for line in (tmp_path / name).read_text().splitlines() if line] == [
        "Ada\tNNP",
        "flew\tVBD",
    ]
