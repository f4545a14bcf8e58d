"""`seqnlp inspect`."""

import json
from pathlib import Path

from seqnlp.tasks.tagging.model import Tagger
from seqnlp.text.vocabulary import Vocabulary


def test_what_is_inside_as_json(cli, model: Path) -> None:
    result = cli("inspect", model, "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    found = json.loads(result.stdout)
    codec = Tagger.load(model).codec
    assert {
        key: found[key] for key in ("task", "format", "file", "bytes", "scheme", "tokenizer", "longest")
    } == {
        "task": "tagger",
        "format": 1,
        "file": str(model),
        "bytes": model.stat().st_size,
        "scheme": "iobes",
        "tokenizer": "words",
        "longest": 12,
    }
    assert found["labels"] == list(codec.labels.entries)
    assert (found["words"], found["characters"]) == (len(codec.words), len(codec.characters))
    assert found["inputs"]["characters"] == ["distinct", "width"]
    assert set(found["outputs"]) == {"tags", "scores", "emissions"}
    assert found["provenance.scores"] == {"dev": {"f1": 0.93}, "test": {"f1": 0.91}}


def test_what_is_inside_to_read(cli, model: Path) -> None:
    result = cli("inspect", model.parent)
    assert (result.exit_code, result.stderr) == (0, "")
    rows = [line.split() for line in result.stdout.splitlines()]
    for row in (["task", "tagger"], ["scheme", "iobes"], ["longest", "12"], ["tokenizer", "words"]):
        assert row in rows
    assert '"f1": 0.93' in result.stdout


def test_labels_are_shown_as_they_are(cli, make_tagger) -> None:
    labels = Vocabulary(["O", "B-[red]x", "I-[red]x", "E-[red]x", "S-[red]x"], closed=True)
    assert "B-[red]x" in cli("inspect", make_tagger(labels=labels)).stdout


def test_without_provenance(cli, make_tagger) -> None:
    found = json.loads(cli("inspect", make_tagger(without=["seqnlp.provenance"]), "--json").stdout)
    assert not any(key.startswith("provenance") for key in found)


def test_what_is_no_model(complaint, tmp_path: Path) -> None:
    assert complaint("inspect", tmp_path) == f"{tmp_path}: no run directory: it holds no model.onnx"
    (tmp_path / "model.onnx").write_text("nothing")
    assert complaint("inspect", tmp_path) == f"{tmp_path / 'model.onnx'} is no ONNX model, or damaged"
