"""Pooling against sums by hand."""

import keras
import numpy as np
import pytest

from seqnlp.layers.pooling import AttentionPooling, LastPooling, MaxPooling, MeanPooling

TIME, LENGTHS, SIZE = 6, np.array([6, 3, 1, 0], np.int32), 4


@pytest.fixture
def states() -> np.ndarray:
    """Time-major, and not zero in the padding."""
    return np.random.default_rng(1).uniform(-1, 1, (TIME, len(LENGTHS), SIZE)).astype(np.float32)


def rows(states: np.ndarray) -> list[np.ndarray]:
    return [states[:length, row] for row, length in enumerate(LENGTHS)]


def test_the_maximum(states) -> None:
    expected = [row.max(axis=0) if len(row) else np.zeros(SIZE) for row in rows(states)]
    np.testing.assert_allclose(MaxPooling()(states, LENGTHS), expected, atol=1e-6)


def test_the_mean(states) -> None:
    expected = [row.mean(axis=0) if len(row) else np.zeros(SIZE) for row in rows(states)]
    np.testing.assert_allclose(MeanPooling()(states, LENGTHS), expected, atol=1e-6)


def test_the_last_state(states) -> None:
    expected = [row[-1] if len(row) else np.zeros(SIZE) for row in rows(states)]
    np.testing.assert_allclose(LastPooling(bidirectional=False)(states, LENGTHS), expected, atol=1e-6)


def test_the_last_state_of_either_direction(states) -> None:
    expected = [np.append(row[-1, :2], row[0, 2:]) if len(row) else np.zeros(SIZE) for row in rows(states)]
    np.testing.assert_allclose(LastPooling(bidirectional=True)(states, LENGTHS), expected, atol=1e-6)


@pytest.mark.parametrize("scale", [1, 100])
def test_attention_is_a_softmax_over_the_words(states, scale: float) -> None:
    layer = AttentionPooling(5)
    layer.build(states.shape)
    random = np.random.default_rng(2)
    layer.set_weights([random.normal(size=weight.shape, scale=scale) for weight in layer.get_weights()])
    kernel, bias, context = (np.asarray(weight, np.float64) for weight in layer.get_weights())
    expected, shares = [], np.zeros((TIME, len(LENGTHS)))
    for number, row in enumerate(rows(states.astype(np.float64))):
        scores = np.tanh(row @ kernel + bias) @ context
        powers = np.exp(scores - scores.max(initial=0))
        expected.append((row * powers / powers.sum()).sum(axis=0) if len(row) else np.zeros(SIZE))
        shares[: len(row), number] = (powers / powers.sum())[:, 0] if len(row) else 0
    np.testing.assert_allclose(layer(states, LENGTHS), expected, atol=1e-5)
    weights = np.asarray(layer.attention_weights(states, LENGTHS))[..., 0]
    np.testing.assert_allclose(weights, shares, atol=1e-5)
    np.testing.assert_allclose(weights.sum(axis=0), LENGTHS > 0, atol=1e-6)


@pytest.mark.parametrize("layer", [LastPooling(True), MaxPooling(), MeanPooling(), AttentionPooling(3)])
def test_it_comes_back_from_its_config(layer, states) -> None:
    layer.build(states.shape)
    again = keras.layers.deserialize(keras.layers.serialize(layer))
    again(states, LENGTHS)
    again.set_weights(layer.get_weights())
    np.testing.assert_allclose(again(states, LENGTHS), layer(states, LENGTHS))
