"""Dynamic evaluation, compared with a plain computation of its equations."""

import keras
import numpy as np
import pytest
from keras import ops

from seqnlp.data.language_codec import END
from seqnlp.tasks.language_modelling.dynamic_evaluation import DynamicEvaluation, DynamicOptions
from seqnlp.tasks.language_modelling.network import LanguageNetwork
from tests.seqnlp.tasks.language_modelling.test_network import VOCABULARY, draw_ids, make_network

DOCUMENTS = [[END, *draw_ids(1, time)[0].tolist(), END] for time in (11, 2)]
TRAIN = np.random.default_rng(5).integers(2, VOCABULARY, 7).astype(np.int32)
OPTIONS = DynamicOptions(learning_rate=0.01, decay=0.02, window=4, windows=2)


def gradients(network: LanguageNetwork, ids: np.ndarray, states: list) -> tuple[list, float, list]:
    """Return the gradients of the mean loss of a window, its total loss and the last states."""
    import tensorflow as tf

    variables = [variable.value for variable in network.trainable_variables]
    with tf.GradientTape() as tape:
        logits, states = network.read(ops.convert_to_tensor(ids[None, :-1]), states)
        chosen = ops.take_along_axis(ops.log_softmax(logits)[:, 0], ids[1:, None], axis=-1)
        loss = -ops.mean(chosen)
    found = tape.gradient(loss, variables)
    return [np.array(tf.convert_to_tensor(each)) for each in found], float(loss) * (len(ids) - 1), states


def plain_evaluation(network: LanguageNetwork, scales: list[np.ndarray]) -> list[float]:
    """Return the log probability of each document. The network changes."""
    trained = [np.array(each) for each in network.trainable_variables]
    mean = np.concatenate([scale.ravel() for scale in scales]).mean()
    totals = []
    for row in DOCUMENTS:
        states, total = network.zero_states(1), 0.0
        for start in range(0, len(row) - 1, OPTIONS.window):
            ids = np.array(row[start : start + OPTIONS.window + 1], np.int32)
            found, loss, states = gradients(network, ids, states)
            states = [ops.stop_gradient(state) for state in states]
            total += loss
            for variable, gradient, scale, first in zip(
                network.trainable_variables, found, scales, trained, strict=True
            ):
                now = np.array(variable)
                pull = np.minimum(OPTIONS.decay * scale / mean, 1) * (first - now)
                variable.assign(now + pull - OPTIONS.learning_rate * gradient / (scale + 0.05 * mean))
        totals.append(-total)
    return totals


@pytest.mark.parametrize("tied", [False, True])
def test_dynamic_evaluation_follows_its_equations(tied: bool) -> None:
    """The training data have only one place, where two windows of four and two tokens are read."""
    if keras.backend.backend() != "tensorflow":
        pytest.skip("the reference needs a gradient tape")
    network, dropped = make_network(tied=tied), make_network(tied=tied, hidden_dropout=0.5, rows=7)
    first, _, states = gradients(network, TRAIN[:5], network.zero_states(1))
    second, _, _ = gradients(network, TRAIN[4:], states)
    scales = [np.sqrt((a**2 + b**2) / 2) for a, b in zip(first, second, strict=True)]
    found = list(DynamicEvaluation(dropped, TRAIN, OPTIONS).score(DOCUMENTS))
    assert found == pytest.approx(plain_evaluation(network, scales), rel=1e-4)


def test_a_learning_rate_of_zero_changes_nothing() -> None:
    network = make_network()
    before = network.get_weights()
    expected = [network.log_probabilities(np.array([row], np.int32)).sum() for row in DOCUMENTS]
    options = DynamicOptions(learning_rate=0.0, window=4, windows=2)
    found = list(DynamicEvaluation(network, TRAIN, options).score(DOCUMENTS))
    assert found == pytest.approx(expected, rel=1e-5)
    for one, other in zip(before, network.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_network_of_both_directions_reads_forward() -> None:
    network = make_network(direction="both")
    expected = [network.log_probabilities(np.array([row], np.int32)).sum() for row in DOCUMENTS]
    options = DynamicOptions(learning_rate=0.0, window=4, windows=2)
    found = list(DynamicEvaluation(network, TRAIN, options).score(DOCUMENTS))
    assert found == pytest.approx(expected, rel=1e-5)


def test_a_repeated_document_becomes_more_probable() -> None:
    evaluation = DynamicEvaluation(make_network(), TRAIN, DynamicOptions(window=4, windows=2))
    first, *_, last = evaluation.score([DOCUMENTS[0]] * 10)
    assert last > first
