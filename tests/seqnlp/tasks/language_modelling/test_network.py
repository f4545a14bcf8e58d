"""The network of a language model, compared with Keras and with itself in other pieces."""

from typing import Any

import keras
import numpy as np
import pytest
from keras import ops

from seqnlp.tasks.language_modelling.network import LanguageNetwork
from seqnlp.text.vocabulary import PADDING

VOCABULARY = 11


def make_network(**changes: Any) -> LanguageNetwork:
    """Return a small network with random weights."""
    arguments = {
        "vocabulary": VOCABULARY,
        "dimension": 4,
        "units": 6,
        "layers": 2,
        "cell": "lstm",
        "tied": False,
        "input_dropout": 0.0,
        "hidden_dropout": 0.0,
        "weight_dropout": 0.0,
        "rows": 3,
        "seed": 1,
    }
    network = LanguageNetwork(**{**arguments, **changes})
    network.build()
    random = np.random.default_rng(2)
    for weight in network.trainable_variables:
        weight.assign(random.normal(size=weight.shape, scale=0.7))
    return network


def draw_ids(rows: int, time: int) -> np.ndarray:
    return np.random.default_rng(3).integers(2, VOCABULARY, (rows, time)).astype(np.int32)


@pytest.mark.parametrize("tied", [False, True])
def test_log_probabilities_equal_those_of_keras(tied: bool) -> None:
    network, ids = make_network(tied=tied), draw_ids(2, 9)
    hidden = ops.take(network.input_table, ids, axis=0)
    for layer in network.recurrent:
        reference = keras.layers.LSTM(layer.units, return_sequences=True)
        reference.build(hidden.shape)
        reference.set_weights(layer.get_weights())
        hidden = reference(hidden)
    scores = np.array(ops.matmul(hidden, ops.transpose(network.output_table)) + network.output_bias)
    scores[..., PADDING] = -np.inf
    expected = scores - np.log(np.exp(scores).sum(axis=-1, keepdims=True))
    found = network.log_probabilities(ids)
    chosen = np.take_along_axis(expected[:, :-1], ids[:, 1:, None], axis=-1)[..., 0]
    np.testing.assert_allclose(found, chosen, atol=1e-5)


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_long_streams_are_read_window_by_window(cell: str, monkeypatch: pytest.MonkeyPatch) -> None:
    network, ids = make_network(cell=cell), draw_ids(2, 14)
    whole = network.log_probabilities(ids)
    monkeypatch.setattr("seqnlp.tasks.language_modelling.network._WINDOW", 4)
    np.testing.assert_allclose(network.log_probabilities(ids), whole, atol=1e-5)


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_steps_give_the_logits_of_whole_windows(cell: str) -> None:
    network, ids = make_network(cell=cell), draw_ids(2, 5)
    logits, last = network.read(ops.convert_to_tensor(ids), network.zero_states(2))
    states = network.zero_states(2)
    for time in range(5):
        scores, states = network.step(ops.convert_to_tensor(ids[:, time]), states)
        known = [number for number in range(VOCABULARY) if number != 1]  # generation excludes unknown tokens
        np.testing.assert_allclose(
            np.asarray(scores)[:, known], np.asarray(logits)[time][:, known], atol=1e-5
        )
    for one, other in zip(states, last, strict=True):
        np.testing.assert_allclose(np.asarray(one), np.asarray(other), atol=1e-5)


def test_training_carries_states_from_batch_to_batch() -> None:
    """The second batch gets the logits of the whole stream, except in rows that start anew."""
    network, ids = make_network(), draw_ids(3, 8)
    whole = np.asarray(network({"ids": ids, "starts": np.ones(3, np.int32)}))
    network({"ids": ids[:, :5], "starts": np.ones(3, np.int32)}, training=True)
    starts = np.array([0, 1, 0], np.int32)
    second = np.asarray(network({"ids": ids[:, 5:], "starts": starts}, training=True))
    np.testing.assert_allclose(second[:, [0, 2]], whole[5:, [0, 2]], atol=1e-5)
    fresh = np.asarray(network({"ids": ids[1:2, 5:], "starts": np.ones(1, np.int32)}))
    np.testing.assert_allclose(second[:, 1], fresh[:, 0], atol=1e-5)


def test_scoring_does_not_change_carried_states() -> None:
    network, ids = make_network(), draw_ids(3, 8)
    network({"ids": ids, "starts": np.ones(3, np.int32)}, training=True)
    before = [np.array(state) for state in network.carried]
    network.log_probabilities(ids)
    for state, expected in zip(network.carried, before, strict=True):
        np.testing.assert_array_equal(np.asarray(state), expected)


def test_the_loss_is_the_mean_negative_log_probability() -> None:
    network, ids = make_network(), draw_ids(3, 8)
    inputs = {"ids": ids[:, :-1], "starts": np.ones(3, np.int32)}
    loss = network.gold_loss(inputs, network(inputs), ops.convert_to_tensor(ids[:, 1:]), training=True)
    np.testing.assert_allclose(float(loss), -network.log_probabilities(ids).mean(), rtol=1e-5)


@pytest.mark.parametrize("rate", ["input_dropout", "hidden_dropout", "weight_dropout"])
def test_scoring_has_no_dropout(rate: str) -> None:
    """Scores have no dropout, which training has."""
    network = make_network(**{rate: 0.5})
    inputs = {"ids": np.full((3, 4), 5, np.int32), "starts": np.ones(3, np.int32)}
    trained = np.asarray(network(inputs, training=True))
    assert not np.allclose(trained, np.asarray(network(inputs)), atol=1e-4)
    scored = np.asarray(network(inputs))
    np.testing.assert_array_equal(scored[:, 0], scored[:, 1])


def test_a_unit_of_an_embedding_is_dropped_for_a_whole_window() -> None:
    network = make_network(input_dropout=0.5)
    ones = ops.ones((50, 3, 4))
    dropped = np.asarray(network.dropouts[0](ones, training=True))
    assert (dropped == dropped[:1]).all()
    assert set(np.unique(dropped)) == {0.0, 2.0}
