"""The auxiliary language model: its loss and its gradients computed by hand in NumPy."""

from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from seqnlp.layers import auxiliary
from seqnlp.layers.auxiliary import AuxiliaryLanguageModel
from seqnlp.layers.encoder import Encoder, EncoderConfig
from seqnlp.text.vocabulary import UNKNOWN
from seqnlp.types import Array, Floats

HALF = 4
WORDS = np.array([[2, 9, 3, 5], [1, 4, 2, 0], [7, 3, 0, 0], [6, 0, 0, 0], [0, 0, 0, 0]], np.int32)
LENGTHS = np.array([4, 3, 2, 1, 0], np.int32)
KNOWN = 5
"""The predicted words are 2 to 6; the words 7 to 9 are one class with the unknown word."""


@pytest.fixture
def few_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auxiliary, "MAX_WORDS", KNOWN)


def make_layer(bidirectional: bool) -> AuxiliaryLanguageModel:
    """Return a layer for 10 word ids with random weights."""
    layer = AuxiliaryLanguageModel(10, bidirectional)
    layer.build((None, None, HALF * (1 + bidirectional)))
    random = np.random.default_rng(4)
    layer.set_weights([random.normal(size=weight.shape) for weight in layer.get_weights()])
    return layer


def make_states(bidirectional: bool) -> Floats:
    return np.random.default_rng(5).normal(size=(4, 5, HALF * (1 + bidirectional))).astype(np.float32)


def predictions(bidirectional: bool) -> list[tuple[int, int, int, int]]:
    """Return the side (0 forward, 1 backward), the row, the position and the predicted position of each."""
    return [
        (side, row, at, at + step)
        for side, step in [(0, 1), (1, -1)][: 1 + bidirectional]
        for row, length in enumerate(LENGTHS)
        for at in range(length)
        if 0 <= at + step < length
    ]


def loss_by_hand(layer: AuxiliaryLanguageModel, states: Floats, bidirectional: bool) -> float:
    weights = [
        [np.asarray(each, np.float64) for each in (*hidden.weights, *output.weights)]
        for hidden, output in zip(layer.hidden, layer.outputs, strict=True)
    ]
    total = 0.0
    for side, row, at, target in predictions(bidirectional):
        kernel, bias, table, scale = weights[side]
        state = states[at, row, side * HALF : (side + 1) * HALF].astype(np.float64)
        logits = np.tanh(state @ kernel + bias) @ table + scale
        word = WORDS[row, target]
        gold = 0 if word == UNKNOWN or word > UNKNOWN + KNOWN else word - UNKNOWN
        total -= logits[gold] - np.log(np.exp(logits).sum())
    return total


@pytest.mark.parametrize("bidirectional", [False, True])
def test_the_loss_is_that_of_numpy(few_words: None, bidirectional: bool) -> None:
    layer, states = make_layer(bidirectional), make_states(bidirectional)
    assert layer.classes == 1 + KNOWN
    assert len(predictions(bidirectional)) == 6 * (1 + bidirectional)
    expected = loss_by_hand(layer, states, bidirectional)
    assert float(layer(states, WORDS, LENGTHS)) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("bidirectional", [False, True])
def test_only_states_that_predict_a_word_have_a_gradient(few_words: None, bidirectional: bool) -> None:
    layer, states = make_layer(bidirectional), tf.constant(make_states(bidirectional))
    with tf.GradientTape() as tape:
        tape.watch(states)
        loss = layer(states, WORDS, LENGTHS)
    gradient = tape.gradient(loss, states).numpy()
    expected = np.zeros(gradient.shape, bool)
    for side, row, at, _ in predictions(bidirectional):
        expected[at, row, side * HALF : (side + 1) * HALF] = True
    np.testing.assert_array_equal(gradient != 0, expected)


def test_the_gradient_is_that_of_finite_differences(few_words: None) -> None:
    layer, states = make_layer(True), make_states(True)
    with tf.GradientTape() as tape:
        loss = layer(states, WORDS, LENGTHS)
    gradients = tape.gradient(loss, [weight.value for weight in layer.trainable_weights])
    step = 1e-4
    for weight, gradient in zip(layer.trainable_weights, gradients, strict=True):
        value, place = np.array(weight), tuple(0 for _ in weight.shape)
        found = []
        for change in (step, -step):
            moved = value.astype(np.float64)
            moved[place] += change
            weight.assign(moved)
            found.append(loss_by_hand(layer, states, True))
        weight.assign(value)
        assert np.asarray(gradient)[place] == pytest.approx((found[0] - found[1]) / (2 * step), abs=2e-2)


def test_all_words_are_predicted_if_there_are_few() -> None:
    assert AuxiliaryLanguageModel(10, True).classes == 9
    assert AuxiliaryLanguageModel(10**6, True).classes == 1 + auxiliary.MAX_WORDS


def make_encoder(layers: int = 2, weight: float = 0.25, dropout: float = 0.0) -> Encoder:
    config = EncoderConfig(
        word_count=10,
        character_count=0,
        word_dimension=3,
        character_encoder="none",
        character_dimension=0,
        character_filters=0,
        cell="gru",
        layers=layers,
        units=HALF,
        bidirectional=True,
        dropout=dropout,
        recurrent_dropout=dropout,
        auxiliary_language_model=weight,
    )
    encoder = Encoder(config, seed=3)
    encoder.build()
    return encoder


def batch(words: Array = WORDS) -> dict[str, Any]:
    return {"words": words, "gold_words": WORDS, "lengths": LENGTHS}


def test_the_encoder_adds_the_loss_of_its_first_layer_per_word() -> None:
    encoder = make_encoder()
    expected_states = np.asarray(encoder(batch()))
    np.testing.assert_array_equal(np.asarray(encoder(batch(), training=True)), expected_states)
    (loss,) = encoder.losses
    first = encoder.recurrent[0](encoder.embed(batch()), LENGTHS)
    expected = 0.25 * float(encoder.auxiliary(first, WORDS, LENGTHS)) / LENGTHS.sum()
    assert float(loss) == pytest.approx(expected, rel=1e-6)


def test_targets_are_the_words_before_word_dropout() -> None:
    encoder = make_encoder(layers=1)
    dropped = np.where(WORDS == 3, UNKNOWN, WORDS).astype(np.int32)
    states = encoder(batch(dropped), training=True)
    (loss,) = encoder.losses
    expected = 0.25 * float(encoder.auxiliary(states, WORDS, LENGTHS)) / LENGTHS.sum()
    assert float(loss) == pytest.approx(expected, rel=1e-6)
    assert not np.allclose(states, encoder(batch()))


def test_there_is_no_loss_in_prediction() -> None:
    encoder = make_encoder()
    encoder({"words": WORDS, "lengths": LENGTHS})
    assert encoder.losses == []


def test_an_empty_batch_has_no_loss() -> None:
    encoder = make_encoder()
    nothing = {"words": WORDS * 0, "gold_words": WORDS * 0, "lengths": LENGTHS * 0}
    encoder(nothing, training=True)
    assert [float(loss) for loss in encoder.losses] == [0]


def test_other_weights_and_dropout_do_not_depend_on_the_auxiliary_loss() -> None:
    encoders = []
    for weight in (0.25, 0.0):
        keras.utils.set_random_seed(1)
        encoders.append(make_encoder(weight=weight, dropout=0.5))
    with_loss, without = encoders
    assert without.auxiliary is None
    ours = [weight for weight in with_loss.weights if "auxiliary" not in weight.path]
    for one, other in zip(ours, without.weights, strict=True):
        np.testing.assert_array_equal(one, other)
    for _ in range(2):
        np.testing.assert_array_equal(with_loss(batch(), training=True), without(batch(), training=True))
