"""Writing of model files, and removal of files that fail their check."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import parser

from seqnlp.export.conversion import to_model
from seqnlp.export.graph import Graph
from seqnlp.export.parity import ParityError
from seqnlp.export.writer import write_model
from seqnlp.serving.model_file import FORMAT, open_model

METADATA = {"spec": {"tokenizer": {"name": "words"}}, "provenance": {"seqnlp": "0.1.0"}}


class Codec:
    """A codec of labels."""

    def to_spec(self) -> dict[str, Any]:
        return {"labels": ["a", "b"]}


def make_graph() -> Graph[Codec]:
    text = "double (float[n] x) => (float[n] y) { one = Identity (x) y = Add (one, one) }"
    return Graph(to_model(parser.parse_graph(text)), Codec())


def test_a_file_holds_the_graph_and_the_metadata(tmp_path: Path) -> None:
    checked = []

    def check(session: Any) -> None:
        assert not path.exists()
        checked.append(session.run(["y"], {"x": np.float32([1, 3])})[0].tolist())

    path = tmp_path / "model.onnx"
    write_model(make_graph(), "doubler", METADATA, path, check)
    assert checked == [[2, 6]]
    file = open_model(path)
    assert (file.task, file.metadata["format"]) == ("doubler", FORMAT)
    assert file.spec == {"tokenizer": {"name": "words"}, "codec": {"labels": ["a", "b"]}}
    assert file.metadata["provenance"] == METADATA["provenance"]
    assert [each.name for each in tmp_path.iterdir()] == ["model.onnx"]


def test_nothing_is_left_of_a_file_that_fails_its_check(tmp_path: Path) -> None:
    def check(session: Any) -> None:
        raise ParityError("different")

    with pytest.raises(ParityError, match="different"):
        write_model(make_graph(), "doubler", METADATA, tmp_path / "model.onnx", check)
    assert not list(tmp_path.iterdir())
