"""The character encoders."""

import keras
import numpy as np
import pytest

from seqnlp.layers.characters import CharacterCNN, CharacterLSTM

WORDS = np.array([[2, 3, 4, 0, 0], [5, 0, 0, 0, 0], [2, 3, 4, 5, 6]], np.int32)


def randomised(layer: keras.layers.Layer) -> keras.layers.Layer:
    layer(WORDS)
    random = np.random.default_rng(1)
    layer.set_weights([random.normal(size=weight.shape) for weight in layer.get_weights()])
    return layer


@pytest.mark.parametrize("kind", [CharacterCNN, CharacterLSTM])
def test_a_word_does_not_depend_on_its_padding(kind) -> None:
    layer = randomised(kind(7, 4, 6))
    alone = layer(WORDS[:1, :3])
    np.testing.assert_allclose(layer(WORDS)[:1], alone, atol=1e-6)


@pytest.mark.parametrize("kind", [CharacterCNN, CharacterLSTM])
def test_a_word_without_characters_is_finite(kind) -> None:
    layer = randomised(kind(7, 4, 6))
    assert np.all(np.isfinite(layer(np.zeros((1, 1), np.int32))))


def test_the_cnn_is_the_maximum_over_windows_of_three() -> None:
    layer = randomised(CharacterCNN(7, 4, 6))
    embeddings, kernel, bias = (np.asarray(weight) for weight in layer.get_weights())
    padded = np.vstack([np.zeros(4), embeddings[WORDS[0, :3]], np.zeros(4)])
    windows = [np.einsum("ij,ijk->k", padded[at : at + 3], kernel) + bias for at in range(3)]
    np.testing.assert_allclose(layer(WORDS)[0], np.maximum(np.max(windows, axis=0), 0), rtol=1e-5)


@pytest.mark.parametrize("widths", [(3,), (1,), (2, 3), (2, 5, 4)])
def test_the_precomputed_cnn_computes_the_same(widths: tuple[int, ...]) -> None:
    layer = randomised(CharacterCNN(7, 4, 6, widths))
    words = np.random.default_rng(2).integers(1, 7, (20, 9)).astype(np.int32)
    words[np.arange(9) >= np.arange(20)[:, None] % 9 + 1] = 0
    np.testing.assert_allclose(layer.precompute()(words), layer(words), atol=1e-5)


def test_the_lstm_returns_the_final_state_of_each_direction() -> None:
    layer = randomised(CharacterLSTM(7, 4, 6))
    embeddings, *weights = layer.get_weights()
    reference = keras.layers.Bidirectional(keras.layers.LSTM(3), merge_mode="concat")
    reference.build((None, None, 4))
    reference.set_weights(weights)
    expected = reference(embeddings[WORDS[:1, :3]])
    np.testing.assert_allclose(layer(WORDS)[:1], expected, atol=1e-6)
