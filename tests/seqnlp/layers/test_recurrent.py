"""The recurrent layer compared with the layers of Keras: values and gradients."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from seqnlp.errors import ConfigError
from seqnlp.layers.recurrent import Recurrent

KERAS = {"lstm": keras.layers.LSTM, "gru": keras.layers.GRU, "rnn": keras.layers.SimpleRNN}
BATCH, TIME, WIDTH, UNITS = 5, 9, 7, 6
LENGTHS = np.array([9, 4, 1, 7, 2], np.int32)


def reference(cell: str, bidirectional: bool) -> keras.layers.Layer:
    layer = KERAS[cell](UNITS, return_sequences=True)
    return keras.layers.Bidirectional(layer) if bidirectional else layer


def gradients(layer, inputs, mask, upstream, run):
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        outputs = run(inputs) * mask[..., None]
        total = tf.reduce_sum(outputs * upstream)
    variables = [variable.value for variable in layer.trainable_variables]
    return [outputs, *tape.gradient(total, [inputs, *variables])]


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_values_and_gradients_equal_those_of_keras(cell: str, bidirectional: bool) -> None:
    random = np.random.default_rng(3)
    inputs = tf.constant(random.normal(size=(BATCH, TIME, WIDTH)).astype(np.float32))
    mask = (np.arange(TIME) < LENGTHS[:, None]).astype(np.float32)
    ours, theirs = Recurrent(UNITS, cell, bidirectional), reference(cell, bidirectional)
    upstream = random.normal(size=(BATCH, TIME, UNITS * (1 + bidirectional))).astype(np.float32)
    ours(inputs, LENGTHS)
    theirs(inputs, mask=mask > 0)
    weights = [random.normal(size=weight.shape, scale=0.5) for weight in ours.get_weights()]
    ours.set_weights(weights)
    theirs.set_weights(weights)

    found = gradients(ours, inputs, mask, upstream, lambda x: ours(x, LENGTHS))
    expected = gradients(theirs, inputs, mask, upstream, lambda x: theirs(x, mask=mask > 0))

    for ours_, theirs_ in zip(found, expected, strict=True):
        np.testing.assert_allclose(ours_, theirs_, atol=1e-5)


def test_a_time_major_layer_computes_the_same() -> None:
    inputs = np.random.default_rng(5).normal(size=(BATCH, TIME, WIDTH)).astype(np.float32)
    rows, steps = Recurrent(UNITS), Recurrent(UNITS, time_major=True)
    expected, last = rows.run(inputs, LENGTHS)
    steps(inputs.swapaxes(0, 1), LENGTHS)
    steps.set_weights(rows.get_weights())
    found, found_last = steps.run(inputs.swapaxes(0, 1), LENGTHS)
    np.testing.assert_allclose(np.swapaxes(found, 0, 1), expected, atol=1e-6)
    np.testing.assert_allclose(found_last, last, atol=1e-6)
    assert Recurrent.from_config(steps.get_config()).time_major


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_first_and_last_states_equal_those_of_keras(cell: str, bidirectional: bool) -> None:
    random = np.random.default_rng(4)
    inputs = tf.constant(random.normal(size=(BATCH, TIME, WIDTH)).astype(np.float32))
    mask = np.arange(TIME) < LENGTHS[:, None]
    ours = Recurrent(UNITS, cell, bidirectional)
    theirs = KERAS[cell](UNITS, return_sequences=True, return_state=True)
    theirs = keras.layers.Bidirectional(theirs) if bidirectional else theirs
    ours(inputs, LENGTHS)
    theirs(inputs)
    weights = [random.normal(size=weight.shape, scale=0.5) for weight in ours.get_weights()]
    ours.set_weights(weights)
    theirs.set_weights(weights)
    shape = (1 + bidirectional, 2 if cell == "lstm" else 1, BATCH, UNITS)
    start = tf.constant(random.normal(size=shape).astype(np.float32))
    upstream = random.normal(size=shape).astype(np.float32)

    def theirs_run() -> list[tf.Tensor]:
        states = list(tf.reshape(start, (-1, BATCH, UNITS)))
        hidden, *last = theirs(inputs, mask=mask, initial_state=states if len(states) > 1 else states[0])
        return [hidden * mask[..., None].astype(np.float32), tf.reshape(tf.stack(last), shape)]

    results = []
    for run in (lambda: ours.run(inputs, LENGTHS, start), theirs_run):
        with tf.GradientTape() as tape:
            tape.watch([inputs, start])
            hidden, last = run()
            total = tf.reduce_sum(hidden) + tf.reduce_sum(last * upstream)
        results.append([hidden, last, *tape.gradient(total, [inputs, start])])
    for found, expected in zip(*results, strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-5)


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_single_steps_compute_the_same_as_the_layer(cell: str) -> None:
    random = np.random.default_rng(5)
    inputs = random.normal(size=(2, TIME, WIDTH)).astype(np.float32)
    layer = Recurrent(UNITS, cell, bidirectional=False)
    hidden, last = layer.run(inputs, np.full(2, TIME, np.int32))
    (direction,) = layer.directions
    state = np.zeros(last.shape[1:], np.float32)
    for at in range(TIME):
        state = direction.step(inputs[:, at], state)
        np.testing.assert_allclose(state[0], hidden[:, at], atol=1e-6)
    np.testing.assert_allclose(state, last[0], atol=1e-6)


def test_an_empty_row_is_zero_and_changes_no_other_row() -> None:
    layer = Recurrent(UNITS)
    inputs = np.random.default_rng(0).normal(size=(3, 4, WIDTH)).astype(np.float32)
    alone = layer(inputs[:2], np.array([4, 2], np.int32))
    together = layer(inputs, np.array([4, 2, 0], np.int32))
    np.testing.assert_allclose(together[:2], alone, atol=1e-6)
    assert not np.any(together[2])


def test_variational_dropout_drops_the_same_units_at_every_step() -> None:
    layer = Recurrent(64, "rnn", bidirectional=False, recurrent_dropout=0.5, seed=1)
    layer.build((None, None, 2))
    kernel, _recurrent, bias = layer.get_weights()
    # Except for dropout the state does not change, and a constant is added at each step.
    layer.set_weights([np.zeros_like(kernel), np.eye(64), np.full_like(bias, 1e-3)])
    states = np.asarray(layer(np.zeros((1, 6, 2), np.float32), np.array([6], np.int32), training=True))[0]
    grown = states[-1] > 2e-3
    np.testing.assert_array_equal(grown, states[2] > 2e-3)
    assert 10 < grown.sum() < 54


def test_an_unknown_cell_is_an_error_that_lists_the_known_cells() -> None:
    with pytest.raises(ConfigError, match="lstm, gru, rnn"):
        Recurrent(3, "ltsm")
