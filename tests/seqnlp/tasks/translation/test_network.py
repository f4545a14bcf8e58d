"""The translation network as a whole."""

from itertools import product

import keras
import numpy as np
import pytest

from seqnlp.tasks.translation.network import TranslationNetwork
from seqnlp.text.tokenizers.spaced import END
from seqnlp.text.vocabulary import PADDING, UNKNOWN
from tests.batteries.layer import check_reload

SIZES = {"dimension": 6, "units": 8, "cell": "gru", "layers": 2, "dropout": 0.0, "recurrent_dropout": 0.0}
SOURCE, TARGET = 11, 13


def network_of(tied: str = "target", subwords: int = SOURCE, **changes) -> TranslationNetwork:
    decoder = {**SIZES, "attention": "general", "input_feeding": False, **changes}
    network = TranslationNetwork(subwords, TARGET, decoder, layers=1, tied=tied, label_smoothing=0.1, seed=1)
    network.build()
    random = np.random.default_rng(2)
    for weight in network.trainable_variables:
        weight.assign(random.normal(size=weight.shape, scale=0.5))
    return network


@pytest.fixture
def inputs():
    return {
        "source": np.array([[3, 4, 5, 6], [7, 8, 0, 0]], np.int32),
        "lengths": np.array([4, 2], np.int32),
        "previous": np.array([[END, 3, 4], [END, 5, 0]], np.int32),
        "target_lengths": np.array([3, 2], np.int32),
    }


@pytest.mark.parametrize(
    ("attention", "feeding", "cell"),
    [*product(["none", "dot", "general", "concat"], [False, True], ["gru"]), ("general", True, "lstm")],
)
def test_steps_compute_the_same_as_all_at_once(inputs, attention: str, feeding: bool, cell: str) -> None:
    network = network_of(attention=attention, input_feeding=feeding, cell=cell)
    all_at_once = np.asarray(network(inputs))
    memory, state = network.begin(inputs["source"], inputs["lengths"])
    for step in range(3):
        logits, state, weights = network.step(inputs["previous"][:, step], state, memory)
        rows = [row for row in range(2) if step < inputs["target_lengths"][row]]
        np.testing.assert_allclose(np.asarray(logits)[rows], all_at_once[step, rows], atol=2e-5)
        np.testing.assert_allclose(np.sum(weights, axis=1), 1, atol=1e-5)
        assert not np.asarray(weights)[1, 2:].any()


@pytest.mark.parametrize(("attention", "feeding"), [("general", True), ("concat", False), ("none", False)])
def test_a_step_may_have_several_rows_for_each_sentence(inputs, attention: str, feeding: bool) -> None:
    network = network_of(attention=attention, input_feeding=feeding)
    memory, start = network.begin(inputs["source"], inputs["lengths"])
    first, second = np.array([3, 4], np.int32), np.array([5, 6], np.int32)
    alone = [network.step(ids, start, memory) for ids in (first, second)]
    doubled = tuple(np.concatenate([part, part], axis=1) for part in start)
    logits, state, weights = network.step(np.concatenate([first, second]), doubled, memory)
    np.testing.assert_allclose(logits, np.concatenate([found[0] for found in alone]), atol=1e-5)
    np.testing.assert_allclose(weights, np.concatenate([found[2] for found in alone]), atol=1e-6)
    for part, expected in zip(state, zip(*(found[1] for found in alone), strict=True), strict=True):
        np.testing.assert_allclose(part, np.concatenate(expected, axis=1), atol=1e-6)


def test_a_sentence_does_not_depend_on_its_neighbours(inputs) -> None:
    network = network_of()
    all_at_once = np.asarray(network(inputs))
    alone = {name: values[1:] for name, values in inputs.items()}
    alone["source"] = alone["source"][:, :2]
    np.testing.assert_allclose(np.asarray(network(alone))[:2, 0], all_at_once[:2, 1], atol=1e-5)


@pytest.mark.parametrize("order", [[0, 1], [1, 0, 1]])
def test_the_halves_of_a_batch_compute_the_same_as_the_batch(inputs, order: list[int]) -> None:
    network = network_of()
    rows = {name: values[order] for name, values in inputs.items()}
    np.testing.assert_allclose(network(rows, training=True), network(rows), atol=1e-5)


def test_the_loss_is_the_cross_entropy_of_keras(inputs) -> None:
    network = network_of()
    logits = np.asarray(network(inputs))
    target = np.array([[3, 4, END], [5, END, 0]], np.int32)
    losses = []
    for row, length in enumerate(inputs["target_lengths"]):
        for step in range(length):
            possible = logits[step, row, END:]
            label = np.eye(TARGET - END)[target[row, step] - END]
            smoothed = label * 0.9 + 0.1 / (TARGET - END)
            losses.append(float(keras.losses.categorical_crossentropy(smoothed, possible, from_logits=True)))
    loss = network.compute_loss(x=inputs, y=target, y_pred=logits)
    assert float(loss) == pytest.approx(np.mean(losses), rel=1e-4)


def test_padding_and_unknown_are_impossible(inputs) -> None:
    logits = np.asarray(network_of()(inputs))
    assert logits[..., [PADDING, UNKNOWN]].max() < logits[..., END:].min() - 1e8


@pytest.mark.parametrize(("tied", "tables"), [("none", 3), ("target", 2), ("all", 1)])
def test_tied_embeddings_share_tables(tied: str, tables: int) -> None:
    network = network_of(tied, subwords=TARGET)
    assert sum(weight.name.endswith("_table") for weight in network.trainable_variables) == tables


@pytest.mark.parametrize("tied", ["none", "target", "all"])
def test_a_network_is_the_same_after_saving(inputs, tied: str) -> None:
    check_reload(network_of(tied, TARGET, input_feeding=True, attention="concat"), inputs)
