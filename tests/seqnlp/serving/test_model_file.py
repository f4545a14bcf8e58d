"""Model files, intact and damaged."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import onnx
import onnxruntime
import pytest
from onnx import parser

from seqnlp.errors import ConfigError, ModelFileError
from seqnlp.serving.model_file import FORMAT, open_model
from seqnlp.tasks.loading import load
from seqnlp.tasks.registry import task_names
from seqnlp.tasks.tagging.model import Tagger

FOREIGN = """
<ir_version: 9, opset_import: ["" : 18]>
other (float[n] x) => (float[n] y) { y = Relu (x) }
"""


def complaint(path: Path) -> str:
    """Return the one-line message for a model that cannot be used."""
    with pytest.raises(ModelFileError) as caught:
        _ = Tagger.load(path).known  # read on request
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_file_that_seqnlp_wrote_is_read(model: Path) -> None:
    for path in (model, model.parent):
        file = open_model(path)
        assert (file.path, file.task, file.metadata["format"]) == (model, "tagger", FORMAT)
        assert file.spec["codec"]["tokenizer"] == {"name": "words"}


def test_missing(tmp_path: Path) -> None:
    assert complaint(tmp_path / "none.onnx") == f"{tmp_path / 'none.onnx'}: no such file"
    assert complaint(tmp_path) == f"{tmp_path}: not a run directory: it contains no model.onnx"


@pytest.mark.parametrize("content", [b"", b"\x00" * 1000, b"some text\n" * 100, b"\x89PNG\r\n\x1a\n"])
def test_garbage(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(content)
    assert str(path) in complaint(path)


@pytest.mark.parametrize("share", [0.01, 0.3, 0.6, 0.9, 0.999])
def test_truncated(tmp_path: Path, model: Path, share: float) -> None:
    path = tmp_path / "model.onnx"
    content = model.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    assert str(path) in complaint(path)


def test_foreign(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    onnx.save(parser.parse_model(FOREIGN), str(path))
    assert complaint(path) == f"{path} is an ONNX model, but it was not written by seqnlp"


def test_a_file_of_an_earlier_version(make_tagger: Callable[..., Path]) -> None:
    path = make_tagger({"seqnlp.format": "1"})
    assert complaint(path) == (
        f"{path} was written by an earlier version of seqnlp (format 1); train or export it again"
    )


@pytest.mark.parametrize("found", [str(FORMAT + 1), "0", "one", ""])
def test_unknown_format(make_tagger: Callable[..., Path], found: str) -> None:
    path = make_tagger({"seqnlp.format": found})
    assert complaint(path) == f"{path} has format {found}; this version of seqnlp reads format {FORMAT}"


def test_another_task(make_tagger: Callable[..., Path]) -> None:
    path = make_tagger({"seqnlp.task": "parser"})
    assert complaint(path) == f"{path} is a parser, not a tagger"


def spec_without(*keys: str) -> Callable[[dict[str, Any]], None]:
    def remove(spec: dict[str, Any]) -> None:
        for key in keys[:-1]:
            spec = spec[key]
        del spec[keys[-1]]

    return remove


def spec_with(value: Any, *keys: str) -> Callable[[dict[str, Any]], None]:
    def change(spec: dict[str, Any]) -> None:
        for key in keys[:-1]:
            spec = spec[key]
        spec[keys[-1]] = value

    return change


@pytest.mark.parametrize(
    "change",
    [
        spec_without("codec"),
        spec_without("codec", "tokenizer"),
        spec_without("codec", "tokenizer", "name"),
        spec_without("codec", "words"),
        spec_without("codec", "labels", "entries"),
        spec_without("codec", "form"),
        spec_without("codec", "max_length"),
        spec_with([], "codec"),
        spec_with(None, "codec"),
        spec_with("unheard of", "codec", "tokenizer", "name"),
        spec_with("many", "codec", "max_length"),
        spec_with(6, "codec", "max_length"),
        spec_with(-1, "codec", "context"),
        spec_with(0, "codec", "max_word_length"),
        spec_with("bilou", "codec", "scheme"),
        spec_with(["O", "O"], "codec", "labels", "entries"),
        spec_with({"colour": True}, "codec", "form"),
        spec_with({"lower": "no"}, "codec", "form"),
        spec_with([], "format"),
        spec_with(True, "codec", "max_length"),
        spec_with(160.5, "codec", "max_length"),
        spec_with(float("inf"), "codec", "max_length"),
        spec_with(2**63, "codec", "max_length"),
        spec_with(10**30, "codec", "max_word_length"),
        spec_with("false", "codec", "uses_characters"),
        spec_with(True, "codec", "words", "closed"),
        spec_with(False, "codec", "labels", "closed"),
        spec_with([[2**70]], "codec", "words", "entries"),
        spec_with(["O", "PER"], "codec", "labels", "entries"),
        spec_with(["O", ""], "codec", "labels", "entries"),
    ],
)
def test_damaged_spec(model: Path, make_tagger: Callable[..., Path], change: Callable[[Any], None]) -> None:
    spec = open_model(model).spec
    change(spec)
    path = make_tagger({"seqnlp.spec": json.dumps(spec)})
    assert str(path) in complaint(path)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("spec", '{"codec": '),
        ("spec", "[]"),
        ("spec", "1"),
        ("spec", "[" * 10_000),
        ("spec", "1" * 5_000),
        ("provenance", "made by hand"),
        ("facts", '{"seen": "not Base64!"}'),
        ("facts", '{"seen": "QUJD"}'),
        ("facts", '{"seen": {}}'),
        ("facts", "[]"),
        ("provenance", "3"),
    ],
)
def test_damaged_metadata(make_tagger: Callable[..., Path], key: str, value: str) -> None:
    path = make_tagger({f"seqnlp.{key}": value})
    assert str(path) in complaint(path)


@pytest.mark.parametrize("key", ["task", "spec"])
def test_missing_metadata(make_tagger: Callable[..., Path], key: str) -> None:
    path = make_tagger(without=[f"seqnlp.{key}"])
    assert str(path) in complaint(path)


def test_devices(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigError, match="unknown device 'tpu'; known: cpu, cuda"):
        open_model(model, device="tpu")
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: ["CPUExecutionProvider"])
    with pytest.raises(ConfigError, match="has no CUDAExecutionProvider"):
        open_model(model, device="cuda")


def test_metadata_that_are_not_utf8(model: Path, tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(model.read_bytes().replace(b"sample/ner", b"sample\xffner"))
    assert complaint(path).startswith(f"{path}: its metadata are damaged ('utf-8' codec can't decode")


def test_control_characters_in_messages_are_escaped(make_tagger: Callable[..., Path]) -> None:
    path = make_tagger({"seqnlp.task": "\x1b[31mpainter\n"})
    with pytest.raises(ModelFileError) as caught:
        load(path)
    assert str(caught.value) == (
        f"{path}: unknown task '\\x1b[31mpainter\\n'; known tasks: {', '.join(task_names())}"
    )


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_a_device_that_does_not_start_is_an_error(
    model: Path, monkeypatch: pytest.MonkeyPatch, device: str
) -> None:
    # Without a library of CUDA, onnxruntime logs an error and computes on the CPU.
    found = onnxruntime.get_available_providers()
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: ["CUDAExecutionProvider", *found])
    session = onnxruntime.InferenceSession
    monkeypatch.setattr(
        onnxruntime,
        "InferenceSession",
        lambda path, options, providers, **others: session(path, options, providers=["CPUExecutionProvider"]),
    )
    if device == "cpu":
        assert Tagger.load(model).file.device == "cpu"
        return
    with pytest.raises(ConfigError, match="onnxruntime cannot start its CUDAExecutionProvider"):
        open_model(model, device)
