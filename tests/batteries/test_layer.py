"""The layer battery detects broken layers."""

from typing import Any

import keras
import numpy as np
import pytest
from keras import ops

from seqnlp.layers.recurrent import Recurrent
from seqnlp.types import Tensor
from tests.batteries.layer import Input, check_layer

STATES = Input(np.random.default_rng(1).uniform(-1, 1, (4, 3, 2)).astype(np.float32), ("batch", "time", 2))
INPUTS = {"states": STATES, "lengths": Input(np.array([3, 1, 2, 3], np.int32), ("batch",))}


def mask(states: Tensor, lengths: Tensor) -> Tensor:
    steps = ops.arange(ops.shape(states)[1], dtype="int32")
    return ops.cast(steps[None] < lengths[:, None], "float32")[..., None]


@keras.saving.register_keras_serializable("batteries")
class Sound(keras.layers.Layer):
    """A scaled sum over time."""

    def __init__(self, factor: float = 2.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.factor = factor

    def build(self, states_shape: Any, lengths_shape: Any = None) -> None:
        self.scale = self.add_weight(name="scale", shape=(2,))

    def call(self, states: Tensor, lengths: Tensor) -> Tensor:
        return ops.sum(states * mask(states, lengths), axis=1) * self.scale * self.factor


@keras.saving.register_keras_serializable("batteries")
class ReadsPadding(Sound):
    def call(self, states: Tensor, lengths: Tensor) -> Tensor:
        return ops.sum(states, axis=1) * self.scale


@keras.saving.register_keras_serializable("batteries")
class MixesRows(Sound):
    def call(self, states: Tensor, lengths: Tensor) -> Tensor:
        found = super().call(states, lengths)
        return found - ops.mean(found, axis=0, keepdims=True)


@keras.saving.register_keras_serializable("batteries")
class IgnoresItsWeight(Sound):
    def call(self, states: Tensor, lengths: Tensor) -> Tensor:
        return ops.sum(states * mask(states, lengths), axis=1)


@keras.saving.register_keras_serializable("batteries")
class ForgetsItsArgument(Sound):
    def get_config(self) -> dict[str, Any]:
        return {name: value for name, value in super().get_config().items() if name != "factor"}


@keras.saving.register_keras_serializable("batteries")
class HidesItsWeight(Sound):
    def build(self, states_shape: Any, lengths_shape: Any = None) -> None:
        super().build(states_shape)
        self.hidden = [np.random.default_rng().normal()]

    def call(self, states: Tensor, lengths: Tensor) -> Tensor:
        return super().call(states, lengths) * self.hidden[0]


@keras.saving.register_keras_serializable("batteries")
class Loops(Sound):
    def call(self, states: Tensor, lengths: Tensor) -> Tensor:
        found = super().call(states, lengths)
        return ops.while_loop(lambda x: ops.max(ops.abs(x)) > 1, lambda x: (x,), (ops.tanh(found),))[0]


def test_a_sound_layer_passes() -> None:
    check_layer(Sound, INPUTS, ("batch", 2))


@pytest.mark.parametrize(
    ("layer", "check"),
    [
        (ReadsPadding, "check_padding"),
        (MixesRows, "check_rows"),
        (IgnoresItsWeight, "check_gradients"),
        (ForgetsItsArgument, "check_config"),
        (HidesItsWeight, "check_config"),
        (Loops, "check_onnx"),
    ],
)
def test_a_broken_layer_fails_the_check_for_it(layer: type[Sound], check: str) -> None:
    with pytest.raises(AssertionError) as failure:
        check_layer(layer, INPUTS, ("batch", 2))
    assert check in [entry.name for entry in failure.traceback]


def test_a_wrong_shape_fails() -> None:
    with pytest.raises(AssertionError):
        check_layer(Sound, INPUTS, ("batch", 3))


def test_a_missing_recurrent_node_fails() -> None:
    inputs = {"inputs": STATES, "lengths": INPUTS["lengths"]}
    with pytest.raises(AssertionError):
        check_layer(lambda: Recurrent(3), inputs, ("batch", "time", 6), nodes={})
