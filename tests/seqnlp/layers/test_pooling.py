"""Pooling compared with NumPy, row by row."""

import numpy as np
import pytest

from seqnlp.layers.pooling import AttentionPooling, ConcatPooling, LastPooling, MaxPooling, MeanPooling

TIME, LENGTHS, SIZE = 6, np.array([6, 3, 1, 0], np.int32), 4


@pytest.fixture
def states() -> np.ndarray:
    """Time-major states that are not zero in the padding."""
    return np.random.default_rng(1).uniform(-1, 1, (TIME, len(LENGTHS), SIZE)).astype(np.float32)


def rows(states: np.ndarray) -> list[np.ndarray]:
    return [states[:length, row] for row, length in enumerate(LENGTHS)]


def test_max_pooling_is_the_maximum_over_the_words(states) -> None:
    expected = [row.max(axis=0) if len(row) else np.zeros(SIZE) for row in rows(states)]
    np.testing.assert_allclose(MaxPooling()(states, LENGTHS), expected, atol=1e-6)


def test_mean_pooling_is_the_mean_over_the_words(states) -> None:
    expected = [row.mean(axis=0) if len(row) else np.zeros(SIZE) for row in rows(states)]
    np.testing.assert_allclose(MeanPooling()(states, LENGTHS), expected, atol=1e-6)


def test_last_pooling_is_the_state_of_the_last_word(states) -> None:
    expected = [row[-1] if len(row) else np.zeros(SIZE) for row in rows(states)]
    np.testing.assert_allclose(LastPooling(bidirectional=False)(states, LENGTHS), expected, atol=1e-6)


def test_last_pooling_of_two_directions_is_the_final_state_of_each(states) -> None:
    expected = [np.append(row[-1, :2], row[0, 2:]) if len(row) else np.zeros(SIZE) for row in rows(states)]
    np.testing.assert_allclose(LastPooling(bidirectional=True)(states, LENGTHS), expected, atol=1e-6)


def test_last_pooling_knows_the_size_of_the_backward_direction(states) -> None:
    expected = [np.append(row[-1, :3], row[0, 3:]) if len(row) else np.zeros(SIZE) for row in rows(states)]
    layer = LastPooling(bidirectional=True, backward_size=1)
    np.testing.assert_allclose(layer(states, LENGTHS), expected, atol=1e-6)


def test_concat_pooling_is_the_last_state_the_maximum_and_the_mean(states) -> None:
    states = 3 * states
    expected = [
        np.concatenate([row[-1], row.max(axis=0), row.mean(axis=0)]) if len(row) else np.zeros(3 * SIZE)
        for row in rows(states)
    ]
    np.testing.assert_allclose(ConcatPooling(bidirectional=False)(states, LENGTHS), expected, atol=1e-5)


@pytest.mark.parametrize("scale", [1, 100])
def test_attention_pooling_weights_by_a_softmax_over_the_words(states, scale: float) -> None:
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
