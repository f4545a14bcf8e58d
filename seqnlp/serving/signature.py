"""Signatures: the inputs and outputs that a model expects of its graph."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import isfinite
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from seqnlp.errors import ModelFileError
from seqnlp.types import Array, Arrays

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

Sizes = Mapping[str | int, int]
"""Axes by name and their sizes."""

DerivedSizes = Mapping[str, Callable[[Sizes], int]]
"""Axes by name, and functions that compute their sizes from those of other axes."""

FEW = 256
"""The size up to which an array is checked as a list."""

_TENSORS = {"int32": "tensor(int32)", "int64": "tensor(int64)", "float32": "tensor(float)"}


class Value(NamedTuple):
    """An input or output of a graph.

    Attributes:
        dtype: `int32`, `int64` or `float32`.
        axes: The size of each axis, or its name. Axes with the same name have the same size.
        ids: If the values are ids, their number, or the axis of this size: all values are below it.
    """

    dtype: str
    axes: tuple[str | int, ...]
    ids: int | str | None = None

    def __str__(self) -> str:
        return f"{self.dtype} [{', '.join(map(str, self.axes))}]"


@dataclass(frozen=True)
class Signature:
    """The inputs and outputs that a model expects of its graph.

    Attributes:
        inputs: The inputs that every call passes. The graph requires no others.
        outputs: The outputs that the model reads. The graph may have others.
        example: A small input with the largest ids. A graph that fits the codec can compute it.
        optional: The inputs that only some calls pass. They have default values.
        derived: Further axes, whose sizes follow from the axes of the inputs.

    Example:
        >>> batch = ("batch",)
        >>> signature = Signature(
        ...     {"numbers": Value("float32", batch)},
        ...     {"sums": Value("float32", batch)},
        ...     {"numbers": np.zeros(2, np.float32)},
        ... )
        >>> signature.check_outputs({"numbers": np.zeros(2)}, {"sums": np.zeros(2, np.float32)})
    """

    inputs: Mapping[str, Value]
    outputs: Mapping[str, Value]
    example: Arrays
    optional: Mapping[str, Value] = field(default_factory=dict)
    derived: DerivedSizes = field(default_factory=dict)

    def check_graph(self, session: "InferenceSession") -> None:
        """Check the names, types and ranks of the inputs and outputs of a graph.

        Raises:
            ModelFileError: The graph has other ones.
        """
        required, outputs = session.get_inputs(), session.get_outputs()
        _check_declared(
            "input", {**self.inputs, **self.optional}, [*required, *session.get_overridable_initializers()]
        )
        _check_declared("output", self.outputs, outputs)
        for each in required:
            if each.name not in self.inputs:
                raise ModelFileError(f"its graph requires the input {each.name}, which is unknown")

    def check_outputs(self, inputs: Arrays, outputs: Mapping[str, Array]) -> None:
        """Check what a graph computed.

        Args:
            inputs: The inputs of the graph.
            outputs: Outputs of the graph by name.

        Raises:
            ModelFileError: An output has another type or shape, an id is out of range, or a number is not
                finite.
        """
        sizes = self._fixed.copy()
        for axis, (name, place) in self._places.items():
            sizes[axis] = inputs[name].shape[place]
        for axis, size in self.derived.items():
            sizes[axis] = size(sizes)
        for name, array in outputs.items():
            if name in self.outputs:
                _check_output(name, array, self.outputs[name], sizes)

    @cached_property
    def _fixed(self) -> dict[str | int, int]:
        """The axes of known size, each with its size."""
        return {axis: axis for value in self.outputs.values() for axis in value.axes if isinstance(axis, int)}

    @cached_property
    def _places(self) -> dict[str | int, tuple[str, int]]:
        """The axes of the inputs, each with the name of an input and its place there."""
        return {
            axis: (name, place)
            for name, value in self.inputs.items()
            for place, axis in enumerate(value.axes)
        }


def _check_declared(kind: str, expected: Mapping[str, Value], declared: Iterable[Any]) -> None:
    found = {each.name: each for each in declared}
    for name, value in expected.items():
        if name not in found:
            raise ModelFileError(f"its graph has no {kind} {name}")
        if found[name].type != _TENSORS[value.dtype] or len(found[name].shape) != len(value.axes):
            shape = ", ".join(map(str, found[name].shape))
            raise ModelFileError(
                f"the {kind} {name} of its graph is {found[name].type} [{shape}], not {value}"
            )


def _check_output(name: str, array: Array, value: Value, sizes: dict[str | int, int]) -> None:
    """Check an output, and add the axes that no input has to the sizes."""
    if array.dtype != value.dtype or not _is_shape(array.shape, value.axes, sizes):
        shape = ", ".join(map(str, array.shape))
        raise ModelFileError(f"the output {name} of its graph is {array.dtype} [{shape}], not {value}")
    if value.ids is not None:
        count = sizes[value.ids] if isinstance(value.ids, str) else value.ids
        if not _are_ids(array, count):
            raise ModelFileError(f"the output {name} of its graph has values other than 0 to {count - 1}")
    if value.dtype == "float32" and not _are_finite(array):
        raise ModelFileError(f"the output {name} of its graph has numbers that are not finite")


# Each call of a model pays for these checks. For a single sentence, a list is faster than NumPy.


def _are_ids(array: Array, count: int) -> bool:
    if array.size > FEW:
        return bool(array.min() >= 0 and array.max() < count)
    values = array.ravel().tolist()
    return not values or (min(values) >= 0 and max(values) < count)


def _are_finite(array: Array) -> bool:
    if array.size > FEW:
        return bool(np.isfinite(array).all())
    return isfinite(sum(array.ravel().tolist()))


def _is_shape(shape: tuple[int, ...], axes: Sequence[str | int], sizes: dict[str | int, int]) -> bool:
    """Return whether axes have these sizes. An axis that is seen for the first time gets its size."""
    return len(shape) == len(axes) and shape == tuple(map(sizes.setdefault, axes, shape))
