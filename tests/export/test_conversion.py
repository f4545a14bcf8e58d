"""Every operator that our networks rely on, converted and run by ONNX Runtime, against Keras."""

from collections.abc import Callable, Mapping

import numpy as np
import onnxruntime
import pytest
from keras import ops
from onnx import helper, parser

from seqnlp.export.conversion import compose_after, convert, prefix_names, replace_placeholder, to_model
from seqnlp.layers.lookup import lookup
from seqnlp.types import Array, Tensor

AXES = {"x": ("rows", "time", 4), "y": ("rows", "time", 4), "w": (4, 3)}
TABLE = np.random.default_rng(2).normal(size=(9, 5)).astype(np.float32)

Function = Callable[[Tensor, Tensor, Tensor, Tensor], Tensor]
"""A function of ids int32 [rows, time], x and y float32 [rows, time, 4] and w float32 [4, 3]."""

OPERATORS: Mapping[str, Function] = {
    "add": lambda ids, x, y, w: x + y,
    "add of a bias": lambda ids, x, y, w: x + np.float32([1, 2, 3, 4]),
    "all": lambda ids, x, y, w: ops.cast(ops.all(x < 1, axis=2), "int32"),
    "arange": lambda ids, x, y, w: ops.arange(ops.shape(ids)[1], dtype="int32"),
    "broadcast": lambda ids, x, y, w: ops.broadcast_to(w[None], (ops.shape(ids)[0], 4, 3)),
    "cast": lambda ids, x, y, w: ops.cast(ids, "float32") * 0.5,
    "cast of flags": lambda ids, x, y, w: ops.cast(x > 0, "float32"),
    "concatenate": lambda ids, x, y, w: ops.concatenate([x, y, x], axis=-1),
    "concatenate in front": lambda ids, x, y, w: ops.concatenate([ops.zeros_like(x[:1]), x], axis=0),
    "divide": lambda ids, x, y, w: x / (ops.abs(y) + 1),
    "equal": lambda ids, x, y, w: ops.cast(ops.equal(ids, 3), "int32"),
    "exp": lambda ids, x, y, w: ops.exp(x),
    "expand": lambda ids, x, y, w: ops.expand_dims(x, 1) - ops.expand_dims(y, 2),
    "flip": lambda ids, x, y, w: ops.flip(x, axis=1),
    "full": lambda ids, x, y, w: ops.full((ops.shape(ids)[0], 2), 7.0),
    "gather": lambda ids, x, y, w: lookup(TABLE, ids),
    "gather along an axis": lambda ids, x, y, w: ops.take_along_axis(x, ids[..., None] % 4, axis=2),
    "gather of a tensor": lambda ids, x, y, w: lookup(ops.reshape(x, (-1, 4)), ids[0] % 2),
    "greater": lambda ids, x, y, w: ops.cast(ops.greater(x, y), "int32"),
    "is finite": lambda ids, x, y, w: ops.cast(ops.isfinite(ops.where(x > 0, x, np.inf)), "int32"),
    "less": lambda ids, x, y, w: ops.cast(ops.less(ids, 4), "int32"),
    "less or equal": lambda ids, x, y, w: ops.cast(ops.less_equal(ids, 4), "int32"),
    "log": lambda ids, x, y, w: ops.log(ops.abs(x) + 1),
    "log-sum-exp": lambda ids, x, y, w: ops.logsumexp(x, axis=2),
    "log-softmax": lambda ids, x, y, w: ops.log_softmax(x),
    "logical": lambda ids, x, y, w: ops.cast(
        ops.logical_or(ops.logical_and(x > 0, y > 0), ops.logical_not(x < 1)), "int32"
    ),
    "matmul": lambda ids, x, y, w: ops.matmul(x[0], w),
    "matmul of a batch": lambda ids, x, y, w: ops.matmul(x, w),
    "matmul of two batches": lambda ids, x, y, w: ops.matmul(x, ops.transpose(y, (0, 2, 1))),
    "max": lambda ids, x, y, w: ops.max(x, axis=1),
    "maximum": lambda ids, x, y, w: ops.maximum(x, y),
    "maximum of ids": lambda ids, x, y, w: ops.maximum(ids - 4, 0),
    "mean": lambda ids, x, y, w: ops.mean(x, axis=1),
    "minimum": lambda ids, x, y, w: ops.minimum(ids, 4),
    "multiply": lambda ids, x, y, w: x * y,
    "negative": lambda ids, x, y, w: -x,
    "nonzero": lambda ids, x, y, w: ops.nonzero(ids > 3)[0],
    "not equal": lambda ids, x, y, w: ops.cast(ops.not_equal(ids, 3), "int32"),
    "one-hot": lambda ids, x, y, w: ops.one_hot(ids, 9),
    "ones": lambda ids, x, y, w: ops.ones_like(x),
    "pad": lambda ids, x, y, w: ops.pad(x, ((0, 0), (1, 2), (0, 0))),
    "product of a shape": lambda ids, x, y, w: ops.prod(ops.shape(x)) * ids,
    "relu": lambda ids, x, y, w: ops.relu(x),
    "repeat": lambda ids, x, y, w: ops.repeat(x, 2, axis=1),
    "reshape": lambda ids, x, y, w: ops.reshape(x, (ops.shape(x)[0], -1)),
    "sigmoid": lambda ids, x, y, w: ops.sigmoid(x),
    "slice": lambda ids, x, y, w: x[:, 1:, ::2],
    "slice at a position": lambda ids, x, y, w: ops.slice(x, (0, 0, 1), (ops.shape(x)[0], 1, 3)),
    "softmax": lambda ids, x, y, w: ops.softmax(x),
    "softmax over time": lambda ids, x, y, w: ops.softmax(x, axis=1),
    "softmax under a mask": lambda ids, x, y, w: ops.softmax(ops.where(ids[..., None] > 0, x, -1e9), axis=1),
    "split": lambda ids, x, y, w: ops.split(x, 2, axis=-1)[1],
    "split at positions": lambda ids, x, y, w: ops.split(x, [1], axis=-1)[1],
    "squeeze": lambda ids, x, y, w: ops.squeeze(x[:, :, :1], axis=2),
    "stack": lambda ids, x, y, w: ops.stack([x, y], axis=1),
    "stop gradient": lambda ids, x, y, w: ops.stop_gradient(x) * 2,
    "subtract": lambda ids, x, y, w: x - y,
    "sum": lambda ids, x, y, w: ops.sum(x, axis=2),
    "sum of squares, axes kept": lambda ids, x, y, w: ops.sum(x * x, axis=(1, 2), keepdims=True),
    "tanh": lambda ids, x, y, w: ops.tanh(x),
    "tile": lambda ids, x, y, w: ops.tile(w, (1, 2)),
    "top values": lambda ids, x, y, w: ops.top_k(x, 2)[0],
    "top places": lambda ids, x, y, w: ops.top_k(x, 2)[1],
    "transpose": lambda ids, x, y, w: ops.transpose(x, (1, 0, 2)),
    "transpose of ids": lambda ids, x, y, w: ops.transpose(ids),
    "unstack": lambda ids, x, y, w: ops.unstack(x, axis=2)[3],
    "where": lambda ids, x, y, w: ops.where(x > 0, x, y),
    "while": lambda ids, x, y, w: ops.while_loop(
        lambda step, total: step < ops.shape(x)[1],
        lambda step, total: (step + 1, total * 0.5 + x[:, step]),
        (0, ops.zeros_like(x[:, 0])),
    )[1],
    "zeros": lambda ids, x, y, w: ops.zeros((ops.shape(ids)[0], 2, 3)),
}


def example(rows: int, time: int) -> dict[str, Array]:
    random = np.random.default_rng(rows + time)
    shapes = {"x": (rows, time, 4), "y": (rows, time, 4), "w": (4, 3)}
    floats = {name: random.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}
    return {"ids": random.integers(0, 9, (rows, time)).astype(np.int32), **floats}


@pytest.mark.parametrize("name", OPERATORS)
def test_an_operator_computes_what_keras_computes(name: str) -> None:
    def function(inputs: dict[str, Tensor]) -> dict[str, Tensor]:
        return {"out": OPERATORS[name](*(inputs[key] for key in ("ids", "x", "y", "w")))}

    rank = len(function(example(2, 3))["out"].shape)
    axes = [f"axis_{number}" for number in range(rank)]
    model = convert(function, {"ids": ("rows", "time")}, {"out": axes}, AXES)
    assert {each.domain for each in model.opset_import} <= {"", "ai.onnx.ml"}
    assert {node.domain for node in model.graph.node} == {""}
    session = onnxruntime.InferenceSession(model.SerializeToString())
    used = [value.name for value in session.get_inputs()]
    for rows, time in ((2, 3), (5, 7), (1, 2)):
        inputs = example(rows, time)
        (found,) = session.run(["out"], {key: inputs[key] for key in used})
        expected = np.asarray(function(inputs)["out"])
        assert found.shape == expected.shape
        np.testing.assert_allclose(found, expected, atol=1e-5)


def test_axes_have_the_names_that_were_given() -> None:
    model = convert(
        lambda inputs: {"sums": ops.sum(inputs["x"], axis=1) + ops.cast(inputs["ids"], "float32")},
        {"ids": ("batch", "four")},
        {"sums": ("batch", 4)},
        {"x": ("batch", "time", 4)},
    )
    axes = {
        value.name: [axis.dim_param or axis.dim_value for axis in value.type.tensor_type.shape.dim]
        for value in (*model.graph.input, *model.graph.output)
    }
    assert axes == {"ids": ["batch", "four"], "x": ["batch", "time", 4], "sums": ["batch", 4]}


DOUBLE = "double (float[n] x) => (float[n] y) { one = Identity (x) y = Add (one, one) }"
SQUARE = "square (float[n] y) => (float[n] z) { one = Identity (y) z = Mul (one, one) }"
LOOP = """
loop (float[n] x, int64 count) => (float[n] last)
<bool yes = {1}>
{
    last = Loop <body = step (int64 number, bool going, float[n] here) => (bool goes_on, float[n] next) {
        goes_on = Identity (going)
        next = Hole (here)
    }> (count, yes, x)
}
"""
STEP = "step (float[n] here) => (float[n] next) { one = Identity (here) next = Add (one, one) }"


def run(model, **inputs: Array) -> list[Array]:
    return onnxruntime.InferenceSession(model.SerializeToString()).run(None, inputs)


def test_a_second_graph_reads_the_first() -> None:
    first = to_model(parser.parse_graph(DOUBLE))
    second = helper.make_model(parser.parse_graph(SQUARE))
    y, z = run(compose_after(first, second, shared=["y"]), x=np.float32([1, 3]))
    assert (y.tolist(), z.tolist()) == ([2, 6], [4, 36])


def test_names_get_a_prefix_in_loops_too() -> None:
    renamed = prefix_names(parser.parse_graph(LOOP), "a_", keep=["x", "last"])
    assert [value.name for value in (*renamed.input, *renamed.output)] == ["x", "a_count", "last"]
    (loop,) = renamed.node
    assert list(loop.input) == ["a_count", "a_yes", "x"]
    body = loop.attribute[0].g
    assert [value.name for value in body.input] == ["a_number", "a_going", "a_here"]
    assert [list(node.output) for node in body.node] == [["a_goes_on"], ["a_next"]]


def test_a_graph_takes_the_place_of_a_placeholder() -> None:
    graph = parser.parse_graph(LOOP)
    step = prefix_names(parser.parse_graph(STEP), "step_", keep=["here", "next"])
    replace_placeholder(graph.node[0].attribute[0].g, "Hole", step)
    (last,) = run(to_model(graph), x=np.float32([1, 3]), count=np.array(4))
    assert last.tolist() == [16, 48]
