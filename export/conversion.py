"""Convert Keras functions to ONNX, and edit ONNX graphs.

No other module calls tf2onnx, so that it can be replaced here. `tests/export/test_conversion.py` checks every
operator that our networks rely on.
"""

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from seqnlp.export.recurrent import convert_placeholder, emit_placeholder
from seqnlp.layers.recurrent import placeholders
from seqnlp.types import Tensor

if TYPE_CHECKING:
    from onnx import GraphProto, ModelProto

OPSET = 17

Axes: TypeAlias = Sequence[str | int]
"""The dimensions of a tensor: a name for each dynamic dimension, and a size for each fixed one."""


def convert(
    function: Callable[[dict[str, Tensor]], dict[str, Tensor]],
    inputs: Mapping[str, Sequence[str]],
    outputs: Mapping[str, Axes],
    floats: Mapping[str, Axes] | None = None,
) -> "ModelProto":
    """Convert a function of named tensors to ONNX. Every recurrent layer in it becomes one node.

    Args:
        function: Takes a dict of tensors and returns a dict of tensors. Their keys name the graph's inputs
            and outputs.
        inputs: The axes of each int32 input.
        outputs: The axes of each output.
        floats: The axes of each float32 input; they follow the int32 inputs.

    Returns:
        The model, in standard operators of opset 17.

    Example:
        >>> model = convert(
        ...     lambda inputs: {"sums": ops.sum(inputs["ids"], axis=1)},
        ...     inputs={"ids": ("batch", "time")},
        ...     outputs={"sums": ("batch",)},
        ... )
    """
    import tensorflow as tf
    import tf2onnx

    def spec(name: str, axes: Axes, dtype: Any) -> Any:
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
    _name_axes(model, {**inputs, **floats, **outputs})
    return cast("ModelProto", model)


def _name_axes(model: "ModelProto", axes: Mapping[str, Axes]) -> None:
    """Name the dynamic dimensions, which have arbitrary names after the conversion."""
    for value in (*model.graph.input, *model.graph.output):
        for dimension, name in zip(value.type.tensor_type.shape.dim, axes[value.name], strict=True):
            if not dimension.HasField("dim_value"):
                dimension.dim_param = str(name)


def compose_after(model: "ModelProto", second: "ModelProto", shared: Collection[str]) -> "ModelProto":
    """Append a second graph to a model.

    Args:
        model: The first graph.
        second: The second graph, which reads values of the first. All its names get a prefix, except those of
            its outputs and of the shared values.
        shared: Inputs of the second graph that are inputs or outputs of the first under the same name.

    Returns:
        A model with the inputs of the first graph and the outputs of both.
    """
    from onnx import ModelProto, checker

    outputs = {output.name for output in second.graph.output}
    joined = ModelProto()
    joined.CopyFrom(model)
    body = prefix_names(second.graph, "decoder_", keep=outputs.union(shared))
    joined.graph.node.extend(body.node)
    joined.graph.initializer.extend(body.initializer)
    joined.graph.output.extend(body.output)
    joined.producer_name = "seqnlp"
    joined.graph.name = "seqnlp"
    checker.check_model(joined)
    return joined


def prefix_names(graph: "GraphProto", prefix: str, keep: Collection[str]) -> "GraphProto":
    """Return a copy of a graph with a prefix before all names, including those in the bodies of loops.

    Args:
        graph: The graph.
        prefix: The prefix.
        keep: Names of values that get no prefix.
    """
    from onnx import GraphProto

    def name(old: str) -> str:
        return old if not old or old in keep else prefix + old

    def rename(graph: GraphProto) -> None:
        for value in (*graph.input, *graph.output, *graph.value_info, *graph.initializer):
            value.name = name(value.name)
        for node in graph.node:
            node.name = node.name and prefix + node.name  # unnamed nodes must stay unnamed
            node.input[:] = [name(each) for each in node.input]
            node.output[:] = [name(each) for each in node.output]
            for attribute in node.attribute:
                if attribute.HasField("g"):
                    rename(attribute.g)

    renamed = GraphProto()
    renamed.CopyFrom(graph)
    rename(renamed)
    return renamed


def replace_placeholder(body: "GraphProto", placeholder: str, step: "GraphProto") -> None:
    """Replace the only node of a placeholder type by the nodes of a graph, in place.

    Args:
        body: The graph with the placeholder, for example the body of a loop.
        placeholder: The type of the placeholder node.
        step: The graph to insert. Its inputs and outputs have the same names as those of the node.
    """
    nodes = list(body.node)
    place = next(number for number, node in enumerate(nodes) if node.op_type == placeholder)
    del body.node[:]
    body.node.extend([*nodes[:place], *step.node, *nodes[place + 1 :]])


def to_model(graph: "GraphProto") -> "ModelProto":
    """Return a checked model with a graph of standard operators."""
    from onnx import checker, helper

    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8, producer_name="seqnlp"
    )
    checker.check_model(model)
    return model
