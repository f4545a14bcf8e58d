"""Graphs that do not fit the metadata of their file."""

from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper

from seqnlp.errors import ModelFileError
from seqnlp.serving.signature import Signature, Value
from seqnlp.tasks.classification.model import Classifier
from seqnlp.tasks.tagging.model import Tagger

Graph = onnx.GraphProto


def rename(graph: Graph, before: str, after: str) -> None:
    """Rename a value of a graph everywhere."""
    for value in (*graph.input, *graph.output):
        value.name = after if value.name == before else value.name
    for node in graph.node:
        for names in (node.input, node.output):
            names[:] = [after if name == before else name for name in names]


def cast(graph: Graph, name: str, kind: int) -> None:
    """Give an output another type."""
    rename(graph, name, "before")
    graph.node.append(helper.make_node("Cast", ["before"], [name], to=kind))
    (output,) = [value for value in graph.output if value.name == "before"]
    output.name, output.type.tensor_type.elem_type = name, kind


def squeeze(graph: Graph, name: str) -> None:
    """Give an output another rank."""
    rename(graph, name, "before")
    graph.node.append(helper.make_node("Flatten", ["before"], ["flat"]))
    graph.node.append(helper.make_node("Unsqueeze", ["flat", "middle"], [name]))
    (output,) = [value for value in graph.output if value.name == "before"]
    output.name = name
    output.type.tensor_type.shape.dim.add()


def shrink(graph: Graph, name: str, rows: int) -> None:
    """Remove the last rows of a table."""
    (table,) = [each for each in graph.initializer if each.name == name]
    table.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(table)[:-rows], name))


def add_input(graph: Graph) -> None:
    graph.input.append(helper.make_tensor_value_info("mask", onnx.TensorProto.FLOAT, ["batch"]))


def add_to_tags(graph: Graph) -> None:
    """Return ids after those of the labels."""
    rename(graph, "tags", "before")
    graph.initializer.append(numpy_helper.from_array(np.array(100, np.int32), "more"))
    graph.node.append(helper.make_node("Add", ["before", "more"], ["tags"]))
    next(value for value in graph.output if value.name == "before").name = "tags"


def damage(graph: Graph, name: str) -> None:
    """Replace a table by numbers that are not finite."""
    (table,) = [each for each in graph.initializer if each.name == name]
    table.CopyFrom(numpy_helper.from_array(np.full_like(numpy_helper.to_array(table), np.nan), name))


CASES: list[tuple[Callable[..., None], tuple[Any, ...], str]] = [
    (rename, ("tags", "labels"), "its graph has no output tags"),
    (rename, ("words", "source"), "its graph has no input words"),
    (add_input, (), "its graph requires the input mask, which is unknown"),
    (
        cast,
        ("tags", 7),
        "the output tags of its graph is tensor(int64) [batch, time], not int32 [batch, time]",
    ),
    (cast, ("scores", 11), "the output scores of its graph is tensor(double) [batch, time], not float32"),
    (squeeze, ("tags",), "the output tags of its graph is tensor(int32) [batch, 1, time], not int32"),
    (shrink, ("word_table", 1), "its graph failed ("),
    (shrink, ("character_table", 1), "its graph failed ("),
    (shrink, ("folded_table", 1), "its graph failed ("),
    (damage, ("projection",), "the output scores of its graph has numbers that are not finite"),
    (add_to_tags, (), "the output tags of its graph has values other than 0 to 12"),
]


@pytest.mark.parametrize(("change", "arguments", "message"), CASES)
def test_a_graph_that_does_not_fit_is_refused_when_the_file_is_opened(
    make_tagger: Callable[..., Path],
    tmp_path: Path,
    change: Callable[..., None],
    arguments: tuple[Any, ...],
    message: str,
) -> None:
    opened = onnx.load(make_tagger(caches_characters=True))
    change(opened.graph, *arguments)
    path = tmp_path / "model.onnx"
    onnx.save(opened, str(path))
    with pytest.raises(ModelFileError) as caught:
        Tagger.load(path)
    assert str(caught.value).startswith(f"{path}: {message}")


def test_a_label_too_few_is_refused(make_tagger: Callable[..., Path], model: Path, tmp_path: Path) -> None:
    labels = Tagger.load(model).codec.labels
    opened, other = onnx.load(model), onnx.load(make_tagger(labels=type(labels)(labels.entries[:-4], True)))
    opened.metadata_props.MergeFrom([])
    del opened.metadata_props[:]
    opened.metadata_props.extend(other.metadata_props)
    path = tmp_path / "model.onnx"
    onnx.save(opened, str(path))
    with pytest.raises(
        ModelFileError, match=r"the output emissions of its graph is float32 \[1, 2, 13\], not"
    ):
        Tagger.load(path)


def test_an_optional_output_is_not_required(attending: Any, tmp_path: Path) -> None:
    opened = onnx.load(attending.path)
    del opened.graph.output[1]
    path = tmp_path / "model.onnx"
    onnx.save(opened, str(path))
    classifier = Classifier.load(path)
    assert classifier("a film").label in ("good", "bad")
    with pytest.raises(ModelFileError, match="no attention weights"):
        classifier.require_attention()


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.zeros((2, 4), np.int32), r"is int32 \[2, 4\], not int32 \[batch, time\]"),
        (np.zeros((2, 3), np.int64), r"is int64 \[2, 3\], not int32"),
        (np.full((2, 3), 5, np.int32), "values other than 0 to 4"),
        (np.full((2, 3), -1, np.int32), "values other than 0 to 4"),
        (np.full((2, 300), 5, np.int32), "values other than 0 to 4"),
        (np.full((2, 300), -1, np.int32), "values other than 0 to 4"),
    ],
)
def test_an_output_that_contradicts_the_signature(array: np.ndarray[Any, Any], message: str) -> None:
    signature = Signature(
        {"words": Value("int32", ("batch", "time"))}, {"tags": Value("int32", ("batch", "time"), ids=5)}, {}
    )
    words = {"words": np.zeros((2, 300 if array.shape == (2, 300) else 3), np.int32)}
    signature.check_outputs(words, {"tags": np.full_like(words["words"], 4), "other": array})
    with pytest.raises(ModelFileError, match=message):
        signature.check_outputs(words, {"tags": array})


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({}, None),
        ({"spans": np.zeros((2, 5), np.int32)}, r"spans of its graph is int32 \[2, 5\], not int32"),
        ({"spans": np.full((2, 6), 4, np.int32)}, "spans of its graph has values other than 0 to 3"),
        ({"others": np.zeros((2, 3), np.float32)}, r"others of its graph is float32 \[2, 3\], not float32"),
    ],
)
def test_sizes_that_follow_from_others(changed: dict[str, Any], message: str | None) -> None:
    """Three words have six spans and four places. Outputs agree on an axis that no input has."""
    signature = Signature(
        {"words": Value("int32", ("batch", "time"))},
        {
            "spans": Value("int32", ("batch", "spans"), ids="places"),
            "one": Value("float32", ("batch", "unknown")),
            "others": Value("float32", ("batch", "unknown")),
        },
        {},
        derived={
            "spans": lambda sizes: sizes["time"] * (sizes["time"] + 1) // 2,
            "places": lambda sizes: sizes["time"] + 1,
        },
    )
    words = {"words": np.zeros((2, 3), np.int32)}
    outputs = {
        "spans": np.full((2, 6), 3, np.int32),
        "one": np.zeros((2, 4), np.float32),
        "others": np.zeros((2, 4), np.float32),
        **changed,
    }
    with nullcontext() if message is None else pytest.raises(ModelFileError, match=message):
        signature.check_outputs(words, outputs)


@pytest.mark.parametrize("length", [3, 1000])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_not_finite(length: int, value: float) -> None:
    signature = Signature({"words": Value("int32", ("time",))}, {"scores": Value("float32", ("time",))}, {})
    words = {"words": np.zeros(length, np.int32)}
    scores = np.full(length, np.finfo(np.float32).max)
    signature.check_outputs(words, {"scores": scores})
    scores[1] = value
    with pytest.raises(
        ModelFileError, match="the output scores of its graph has numbers that are not finite"
    ):
        signature.check_outputs(words, {"scores": scores})
