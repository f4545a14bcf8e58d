"""A Keras network to an ONNX graph."""

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from seqnlp.export.recurrent import convert_placeholder, emit_placeholder
from seqnlp.layers.recurrent import placeholders

if TYPE_CHECKING:
    from onnx import GraphProto, ModelProto

OPSET = 17

Tensor = Any


def converted(
    function: Callable[[dict[str, Tensor]], dict[str, Tensor]],
    inputs: Mapping[str, Sequence[str]],
    outputs: Mapping[str, Sequence[str | int]],
    floats: Mapping[str, Sequence[str | int]] | None = None,
) -> "ModelProto":
    """Convert a function of named tensors, every recurrent layer in it as one node.

    Args:
        function: Takes a dict of tensors and gives a dict of tensors, whose keys name the graph's outputs.
        inputs: The names of the dimensions of each int32 input; all of them may vary.
        outputs: The dimensions of each output, those that vary by name.
        floats: The dimensions of each float32 input behind them, those that vary by name.

    Returns:
        The model.
    """
    import tensorflow as tf
    import tf2onnx

    def spec(name: str, axes: Sequence[str | int], dtype: Any) -> Any:
        return tf.TensorSpec([None if isinstance(axis, str) else axis for axis in axes], dtype, name)

    floats = floats or {}
    signature = [spec(name, axes, tf.int32) for name, axes in inputs.items()]
    signature += [spec(name, axes, tf.float32) for name, axes in floats.items()]

    def traced(*tensors: Tensor) -> dict[str, Tensor]:
        with placeholders(emit_placeholder):
            return function(dict(zip((*inputs, *floats), tensors, strict=True)))

    logger = logging.getLogger("tf2onnx")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        model, _ = tf2onnx.convert.from_function(
            tf.function(traced, autograph=False),
            input_signature=signature,
            opset=OPSET,
            custom_op_handlers={"CudnnRNNV3": (convert_placeholder, [])},
        )
    finally:
        logger.setLevel(level)
    _name_dimensions(model, {**inputs, **floats, **outputs})
    return cast("ModelProto", model)


def _name_dimensions(model: "ModelProto", names: Mapping[str, Sequence[str | int]]) -> None:
    """Give the dimensions that vary their names, in place of those that the converter makes up."""
    for value in (*model.graph.input, *model.graph.output):
        for dimension, name in zip(value.type.tensor_type.shape.dim, names[value.name], strict=True):
            if not dimension.HasField("dim_value"):
                dimension.dim_param = str(name)


def compose_after(model: "ModelProto", second: "ModelProto", shared: Collection[str]) -> "ModelProto":
    """Put a second graph behind a model's.

    Args:
        model: The first.
        second: Reads from the first; all names in it but those shared and its outputs get a prefix.
        shared: Inputs of the second that are inputs or outputs of the first, by the same name.

    Returns:
        A model with the inputs of the first, and the outputs of both.
    """
    from onnx import ModelProto, checker

    outputs = {output.name for output in second.graph.output}
    joined = ModelProto()
    joined.CopyFrom(model)
    body = prefixed(second.graph, "decoder_", keep=outputs.union(shared))
    joined.graph.node.extend(body.node)
    joined.graph.initializer.extend(body.initializer)
    joined.graph.output.extend(body.output)
    joined.producer_name = "seqnlp"
    joined.graph.name = "seqnlp"
    checker.check_model(joined)
    return joined


def prefixed(graph: "GraphProto", prefix: str, keep: Collection[str]) -> "GraphProto":
    """A graph with every name but those of some values prefixed, the bodies of its loops included."""
    from onnx import GraphProto

    def name(old: str) -> str:
        return old if not old or old in keep else prefix + old

    def rename(graph: GraphProto) -> None:
        for value in (*graph.input, *graph.output, *graph.value_info, *graph.initializer):
            value.name = name(value.name)
        for node in graph.node:
            node.name = node.name and prefix + node.name  # without a name it is like no other
            node.input[:] = [name(each) for each in node.input]
            node.output[:] = [name(each) for each in node.output]
            for attribute in node.attribute:
                if attribute.HasField("g"):
                    rename(attribute.g)

    renamed = GraphProto()
    renamed.CopyFrom(graph)
    rename(renamed)
    return renamed


def put_in(body: "GraphProto", placeholder: str, step: "GraphProto") -> None:
    """Put the nodes of a graph in the place of the one node of a type that stands for them."""
    nodes = list(body.node)
    place = next(number for number, node in enumerate(nodes) if node.op_type == placeholder)
    del body.node[:]
    body.node.extend([*nodes[:place], *step.node, *nodes[place + 1 :]])


def whole(graph: "GraphProto") -> "ModelProto":
    """A model of a graph."""
    from onnx import checker, helper

    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8, producer_name="seqnlp"
    )
    checker.check_model(model)
    return model
