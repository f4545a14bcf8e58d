"""Inputs of `seqnlp predict` in every format, as a command and its output file."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from typer.testing import CliRunner

from seqnlp.cli.main import app
from seqnlp.corpora.formats.rows import parse_rows
from seqnlp.corpora.formats.table_options import CSV, TSV, Dialect
from seqnlp.errors import DataError, escape_controls
from seqnlp.types import JsonObject
from tests.fuzz.mutations import mutate_bytes, pick

INPUTS: Mapping[str, str] = {
    "text": "Ada lived in London. She wrote!\n\nL'homme d'État 👩‍👩‍👧 http://a.b/c_(d)\nOslo\n",
    "tokens": "Ada lived in London .\n\nOslo is far\n",
    "conllu": "# text = Ada slept\n1\tAda\tAda\tPROPN\tNNP\t_\t2\tnsubj\t_\t_\n"
    "2-3\tdu\t_\t_\t_\t_\t_\t_\t_\t_\n2\tslept\tsleep\tVERB\tVBD\t_\t0\troot\t_\t_\n\n",
    "csv": 'id,text,source\n1,"Ada ""lived"", here",one\n2,Oslo,two\n',
    "conll": "Ada B-PER\nlived O\n\n-DOCSTART- O\n\nOslo\tis\tfar\n",
    "jsonl": '{"text": "Ada lived.", "id": 7, "label": {"a": [1, null]}, "input": 1}\n'
    '{"tokens": ["Oslo", "is"]}\n',
}
"""A valid input in each format for words."""
TREES: Mapping[str, str] = {
    "text": "(x (x lovely) (x film))\n\n(4 (2 not) (3 (2 a) (1 film)))\n",
    "trees": "(x (x lovely) (x film))\n\n(4 (2 not) (3 (2 a) (1 film)))\n",
    "jsonl": '{"text": "(x (x lovely) (x film))", "id": 7}\n{"tree": "(4 (2 a) (1 film))"}\n',
}
"""The same for trees."""
TABLES: Mapping[str, Dialect] = {"csv": CSV, "tsv": TSV}
"""The output formats that are tables."""
OPTIONS: Mapping[str, Sequence[tuple[str, ...]]] = {
    "tagger": ((), ("--tokens",)),
    "classifier": ((), ("--explain",)),
    "translator": ((), ("--n-best", "2"), ("--beam-size", "1"), ("--no-repeat-ngram-size", "1")),
    "parser": ((), ("--tokens",)),
    "tree-classifier": ((),),
    "language-model": (("--length", "20"), ("--score",), ("--length", "3", "--samples", "2", "--top-k", "1")),
}
"""Some options of each task."""


@dataclass(frozen=True)
class Predict:
    """Runs `seqnlp predict` on a changed input.

    Attributes:
        models: Model files by task.
    """

    models: Mapping[str, Path]

    def __call__(self, random: Random, folder: Path) -> None:
        """Predict one input."""
        task, model = pick(random, self.models)
        form, valid = pick(random, TREES if task == "tree-classifier" else INPUTS)
        source, output = folder / "input", folder / "output"
        content = mutate_bytes(random, valid.encode())
        source.write_bytes(content)
        arguments = [
            "predict",
            model,
            "--input",
            source,
            "--input-format",
            form,
            "--output",
            output,
        ]
        to = random.choice(("jsonl", "jsonl", "text", "conll", "conllu", "html", "csv", "tsv"))
        policy = random.choice(("stop", "skip"))
        options = ("--output-format", to, "--on-error", policy, *random.choice(OPTIONS[task]))
        result = CliRunner().invoke(app, [*map(str, arguments), *options])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        written = {source} if result.exit_code else {source, output}
        assert set(folder.iterdir()) == written, "the files are not the input and a complete output"
        assert source.read_bytes() == content, "the input was changed"
        if result.exit_code:
            _check_complaint(result.exit_code, result.stderr)
        else:
            by_line = task != "tree-classifier" and form == "text" and policy == "stop"
            _check_output(by_line, to, source, output)


def _check_complaint(code: int, message: str) -> None:
    lines = message.rstrip("\n").split("\n")
    assert code == 2, code
    assert lines[-1].startswith("error: "), message
    assert all(line == escape_controls(line) for line in lines), message


def _check_output(by_line: bool, to: str, source: Path, output: Path) -> None:
    """Check that the output is UTF-8, and a table or lines of JSON, one for each input line."""
    text = output.read_bytes().decode()
    if to in TABLES:
        check_table(text, TABLES[to])
    if to != "jsonl":
        return
    lines = text.split("\n")[:-1]
    for line in lines:
        check_offsets(json.loads(line, parse_constant=_refuse))
    if by_line:
        content = source.read_bytes().decode("utf-8-sig")
        expected = content.count("\n") + (bool(content) and not content.endswith("\n"))
        assert len(lines) == expected, f"{len(lines)} predictions for {expected} lines"


def check_table(text: str, dialect: Dialect) -> None:
    """Check that all rows of a table can be read, and have the width of the first one."""
    header, *rows = parse_rows(enumerate(text.split("\n"), 1), "output", dialect)
    for number, cells in (header, *rows):
        assert not isinstance(cells, DataError), f"row {number} cannot be read: {cells}"
        assert len(cells) == len(header[1]), f"row {number} has {len(cells)} columns, not {len(header[1])}"


def check_offsets(prediction: JsonObject) -> None:
    """Check that the offsets of tokens, entities and words select their text."""
    for parts in prediction.values():
        for part in parts if isinstance(parts, list) else ():
            if isinstance(part, dict) and {"text", "start", "end"} <= part.keys():
                found = prediction["text"][part["start"] : part["end"]]
                assert found == part["text"], f"offsets select {found!r}, not {part['text']!r}"


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")
