"""The layer battery: one call checks the contract of a layer.

`check_layer` checks the output shape and dtype, the config, saving, padding, row independence, gradients and
the exported ONNX graph. `check_reload` checks that a network survives `model.keras`.
"""

import inspect
import json
import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import keras
import numpy as np
from keras import ops

from seqnlp.training.networks import load_network, save_network
from seqnlp.types import Array, Arrays, Flags, Tensor

OUTPUTS = "SEQNLP_BATTERY_OUTPUTS"
"""The environment variable with a folder for the outputs of all cases, to compare backends."""

Axes = Sequence[str | int]
Call = Callable[..., Tensor]


@dataclass(frozen=True)
class Input:
    """One argument of a layer.

    Attributes:
        values: The array.
        axes: A name for each dynamic axis and a size for each fixed one. `batch` is the rows and `time` the
            steps. The input `lengths` contains the number of valid steps of each row.
    """

    values: Array
    axes: Axes


def call_layer(layer: keras.layers.Layer, **inputs: Tensor) -> Tensor:
    """Call a layer with its inputs as keyword arguments."""
    return layer(**inputs)


@dataclass(frozen=True)
class Case:
    """A layer with inputs; see `check_layer`."""

    layer: keras.layers.Layer
    inputs: Mapping[str, Input]
    output: Axes
    call: Call
    tolerance: float

    @property
    def arrays(self) -> Arrays:
        return {name: each.values for name, each in self.inputs.items()}

    def run(self, arrays: Arrays, layer: keras.layers.Layer | None = None) -> Array:
        """Return the output, zero in the padding."""
        output = ops.convert_to_numpy(self.call(layer or self.layer, **arrays))
        return self.without_padding(output, arrays)

    def without_padding(self, output: Array, arrays: Arrays) -> Array:
        """Return the output with zeros in the padding."""
        if "time" not in self.output or "lengths" not in arrays:
            return output
        return output * _valid(output, self.output, arrays["lengths"])

    def change(self, change: Callable[[Input], Array]) -> Arrays:
        """Return the inputs, each changed by a function."""
        return {name: change(each) for name, each in self.inputs.items()}

    def assert_equal(self, found: Array, expected: Array) -> None:
        np.testing.assert_allclose(found, expected, atol=self.tolerance, rtol=self.tolerance)


def check_layer(
    make: Callable[[], keras.layers.Layer],
    inputs: Mapping[str, Input],
    output: Axes,
    *,
    call: Call = call_layer,
    build: Sequence[Any] | None = None,
    nodes: Mapping[str, int] | None = None,
    export: bool = True,
    tolerance: float = 1e-5,
) -> None:
    """Check a layer.

    Args:
        make: Creates the layer.
        inputs: The arguments of `call`.
        output: The axes of the output, as in the inputs. Without `batch`, the output is a sum over the rows.
        call: Computes the output from the layer and the inputs.
        build: The arguments of `layer.build`; None if the call builds the layer.
        nodes: The number of recurrent nodes of each kind in the exported graph.
        export: Whether the layer can be exported.
        tolerance: Maximum difference, absolute and relative.
    """
    layer = make()
    if build is not None:
        layer.build(*build)
    case = Case(layer, inputs, output, call, tolerance)
    case.run(case.arrays)
    random = np.random.default_rng(8)
    layer.set_weights([random.normal(size=weight.shape, scale=0.5) for weight in layer.get_weights()])
    expected = case.run(case.arrays)
    check_shape(case)
    check_config(case, expected)
    check_saving(case, expected)
    check_padding(case, expected)
    check_rows(case, expected)
    if keras.backend.backend() == "tensorflow":
        check_gradients(case)
        if export:
            check_onnx(case, expected, nodes or {})
    if OUTPUTS in os.environ:
        name = os.environ["PYTEST_CURRENT_TEST"].rpartition("::")[2].removesuffix(" (call)")
        np.save(Path(os.environ[OUTPUTS]) / f"{name}.npy", expected)


def check_shape(case: Case) -> None:
    """Check that the output is float32, finite and has the expected shape."""
    sizes: dict[str | int, int] = {}
    for each in case.inputs.values():
        for axis, size in zip(each.axes, each.values.shape, strict=True):
            assert size == (sizes.setdefault(axis, size) if isinstance(axis, str) else axis), axis
    output = case.call(case.layer, **case.arrays)
    assert tuple(output.shape) == tuple(
        sizes[axis] if isinstance(axis, str) else axis for axis in case.output
    )
    assert keras.backend.standardize_dtype(output.dtype) == "float32"
    assert np.all(np.isfinite(ops.convert_to_numpy(output)))


def check_config(case: Case, expected: Array) -> None:
    """Check that the config is JSON, has all arguments of the constructor, and restores the layer."""
    config = case.layer.get_config()
    assert set(inspect.signature(type(case.layer)).parameters) - {"args", "kwargs"} <= config.keys()
    again = type(case.layer).from_config(config)
    assert _config_json(again) == _config_json(case.layer)
    again.build_from_config(case.layer.get_build_config())
    again.set_weights(case.layer.get_weights())
    case.assert_equal(case.run(case.arrays, again), expected)


def check_saving(case: Case, expected: Array) -> None:
    """Check that saving and loading a model with the layer keeps its weights and outputs."""
    if case.call is not call_layer:
        again = check_reload(Holder(case.layer)).layer
        case.assert_equal(case.run(case.arrays, again), expected)
        return
    inputs = {
        name: keras.Input(
            batch_shape=[None if isinstance(axis, str) else axis for axis in each.axes],
            dtype=str(each.values.dtype),
            name=name,
        )
        for name, each in case.inputs.items()
    }
    again = check_reload(keras.Model(inputs, case.layer(**inputs)), case.arrays)
    case.assert_equal(case.run(case.arrays, again.get_layer(case.layer.name)), expected)


def check_padding(case: Case, expected: Array) -> None:
    """Check that the output does not depend on the amount or the content of padding."""
    random = np.random.default_rng(9)
    lengths = case.arrays.get("lengths")

    def pad(each: Input) -> Array:
        """Add two steps, and fill all padding with other values, or with zeros if there are no lengths."""
        if "time" not in each.axes:
            return each.values
        longer = np.pad(each.values, [(0, 2 * (axis == "time")) for axis in each.axes])
        if lengths is None:
            return longer
        other = np.resize(random.permutation(each.values.ravel()), longer.shape)
        return np.where(_valid(longer, each.axes, lengths), longer, other)

    output = case.run(case.change(pad))
    if "time" in case.output:
        time = case.output.index("time")
        output = np.take(output, range(expected.shape[time]), time)
    case.assert_equal(output, expected)


def check_rows(case: Case, expected: Array) -> None:
    """Check that a single row, cut to its length, has the same output as in the batch."""
    sizes = {
        axis: size
        for each in case.inputs.values()
        for axis, size in zip(each.axes, each.values.shape, strict=True)
    }
    if "batch" not in sizes:
        return
    outputs = []
    for row in range(sizes["batch"]):
        lengths = case.arrays.get("lengths")
        steps = range(sizes.get("time", 1) if lengths is None else lengths[row])

        def cut(values: Array, axes: Axes, row: int = row, steps: range = steps) -> Array:
            values = np.take(values, [row], axes.index("batch")) if "batch" in axes else values
            return np.take(values, steps, axes.index("time")) if "time" in axes else values

        outputs.append(case.run(case.change(lambda each, cut=cut: cut(each.values, each.axes))))
        if "batch" in case.output:
            case.assert_equal(outputs[-1], cut(expected, case.output))
    if "batch" not in case.output:
        case.assert_equal(np.sum(outputs, axis=0), expected)


def check_gradients(case: Case) -> None:
    """Check that every trainable weight has a finite gradient."""
    import tensorflow as tf

    with tf.GradientTape() as tape:
        output = case.call(case.layer, **case.arrays)
        upstream = np.random.default_rng(10).normal(size=output.shape).astype(np.float32)
        total = tf.reduce_sum(output * upstream)
    variables = case.layer.trainable_variables
    gradients = tape.gradient(total, [variable.value for variable in variables])
    for variable, gradient in zip(variables, gradients, strict=True):
        assert gradient is not None, variable.path
        assert np.all(np.isfinite(tf.convert_to_tensor(gradient))), variable.path


def check_onnx(case: Case, expected: Array, nodes: Mapping[str, int]) -> None:
    """Check that the exported graph has one node per recurrent layer, no loop, and the same output."""
    import onnxruntime

    from seqnlp.export.conversion import convert

    axes = {name: each.axes for name, each in case.inputs.items()}
    integers = {name for name, each in case.inputs.items() if each.values.dtype.kind == "i"}
    model = convert(
        lambda arrays: {"output": case.call(case.layer, **arrays)},
        {name: axes[name] for name in axes if name in integers},
        {"output": case.output},
        {name: axes[name] for name in axes if name not in integers},
    )
    kinds = Counter(node.op_type for node in model.graph.node)
    assert {kind: kinds[kind] for kind in ("LSTM", "GRU", "RNN") if kinds[kind]} == dict(nodes)
    assert not {"Loop", "Scan", "If"} & set(kinds)
    session = onnxruntime.InferenceSession(model.SerializeToString())
    used = {value.name for value in session.get_inputs()}
    (output,) = session.run(["output"], {name: case.arrays[name] for name in used})
    case.assert_equal(case.without_padding(output, case.arrays), expected)


@keras.saving.register_keras_serializable("batteries")
class Holder(keras.Model):
    """A model with one layer."""

    def __init__(self, layer: keras.layers.Layer, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.layer = layer
        self.built = True

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "layer": keras.saving.serialize_keras_object(self.layer)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Holder":
        return cls(**{**config, "layer": keras.saving.deserialize_keras_object(config["layer"])})


def check_reload(network: keras.Model, inputs: Any = None) -> keras.Model:
    """Check that a network is the same after it was saved as `model.keras` and loaded.

    Args:
        network: A built network.
        inputs: The inputs whose outputs are compared; None to compare weights only.

    Returns:
        The loaded network.
    """
    with TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        save_network(network, path)
        again = load_network(path, type(network))
    assert _config_json(again) == _config_json(network)
    for found, expected in zip(again.get_weights(), network.get_weights(), strict=True):
        np.testing.assert_array_equal(found, expected)
    if inputs is not None:
        outputs = zip(*(keras.tree.flatten(each(inputs)) for each in (again, network)), strict=True)
        for found, expected in outputs:
            np.testing.assert_allclose(found, expected, atol=1e-6)
    return again


def _config_json(layer: keras.layers.Layer) -> str:
    """Return the config of a layer as a file contains it."""
    return json.dumps(keras.saving.serialize_keras_object(layer.get_config()))


def _valid(array: Array, axes: Axes, lengths: Array) -> Flags:
    """Return a mask of the valid steps of an array, broadcast to its axes."""
    batch, time = axes.index("batch"), axes.index("time")
    valid: Flags = np.arange(array.shape[time]) < lengths[:, None]
    rest = tuple(axis for axis in range(array.ndim) if axis not in (batch, time))
    return np.expand_dims(valid if batch < time else valid.T, rest)
