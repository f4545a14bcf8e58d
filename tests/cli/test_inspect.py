"""`seqnlp inspect`."""

import json
from pathlib import Path

from seqnlp.serving.model_file import FORMAT, open_model
from seqnlp.tasks.tagging.model import Tagger
from seqnlp.text.vocabulary import Vocabulary


def test_the_contents_of_a_model_as_json(cli, model: Path) -> None:
    result = cli("inspect", model, "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    found = json.loads(result.stdout)
    codec = Tagger.load(model).codec
    assert {
        key: found[key] for key in ("task", "format", "file", "bytes", "scheme", "tokenizer", "max_length")
    } == {
        "task": "tagger",
        "format": FORMAT,
        "file": str(model),
        "bytes": model.stat().st_size,
        "scheme": "iobes",
        "tokenizer": "words",
        "max_length": 12,
    }
    assert found["labels"] == list(codec.labels.entries)
    assert (found["words"], found["characters"]) == (len(codec.words), len(codec.characters))
    assert found["inputs"]["characters"] == ["distinct", "width"]
    assert set(found["outputs"]) == {"tags", "scores", "emissions"}
    assert found["provenance.scores"] == {"dev": {"f1": 0.93}, "test": {"f1": 0.91}}


def test_json_contains_the_codec(cli, model: Path) -> None:
    found = json.loads(cli("inspect", model, "--json").stdout)
    assert found["codec"] == Tagger.load(model).codec.to_spec()
    assert "codec" not in [line.split()[0] for line in cli("inspect", model).stdout.splitlines()]


def test_control_characters_are_escaped(cli, make_tagger) -> None:
    provenance = json.dumps({"data": {"train": "\x1b[31m\u202e"}, "by\x07": 1})
    shown = cli("inspect", make_tagger({"seqnlp.provenance": provenance})).stdout
    assert "\x1b" not in shown
    assert r"\u001b[31m\u202e" in shown
    assert r"provenance.by\x07" in shown


def test_the_contents_of_a_model_as_a_table(cli, model: Path) -> None:
    result = cli("inspect", model.parent)
    assert (result.exit_code, result.stderr) == (0, "")
    rows = [line.split() for line in result.stdout.splitlines()]
    for row in (["task", "tagger"], ["scheme", "iobes"], ["max_length", "12"], ["tokenizer", "words"]):
        assert row in rows
    assert '"f1": 0.93' in result.stdout


def test_the_format_options_of_training_are_shown(cli, model: Path, make_tagger) -> None:
    spec = {**open_model(model).spec, "format": {"tag_column": 2, "delimiter": None}}
    found = json.loads(cli("inspect", make_tagger({"seqnlp.spec": json.dumps(spec)}), "--json").stdout)
    assert {key: value for key, value in found.items() if key.startswith("format.")} == {
        "format.tag_column": 2
    }


def test_labels_are_shown_literally(cli, make_tagger) -> None:
    labels = Vocabulary(["O", "B-[red]x", "I-[red]x", "E-[red]x", "S-[red]x"], closed=True)
    assert "B-[red]x" in cli("inspect", make_tagger(labels=labels)).stdout


def test_a_model_without_provenance_is_shown_without_it(cli, make_tagger) -> None:
    found = json.loads(cli("inspect", make_tagger(without=["seqnlp.provenance"]), "--json").stdout)
    assert not any(key.startswith("provenance") for key in found)


def test_a_path_that_is_not_a_model_is_an_error(complaint, tmp_path: Path) -> None:
    assert complaint("inspect", tmp_path) == f"{tmp_path}: not a run directory: it contains no model.onnx"
    (tmp_path / "model.onnx").write_text("nothing")
    assert (
        complaint("inspect", tmp_path) == f"{tmp_path / 'model.onnx'} is not an ONNX model, or it is damaged"
    )
