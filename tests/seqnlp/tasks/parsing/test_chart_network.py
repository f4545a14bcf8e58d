"""The network with CKY search: its loss, and its scores for one sentence and for many."""

import numpy as np
import pytest
import tensorflow as tf

from seqnlp.data.batching import Batch
from seqnlp.tasks.parsing.building import build_network
from seqnlp.tasks.parsing.chart import span_numbers
from seqnlp.tasks.parsing.chart_network import ChartNetwork
from seqnlp.tasks.parsing.codec import ParserCodec
from seqnlp.tasks.parsing.encoded import EncodedTrees
from seqnlp.tasks.parsing.settings import NetworkSettings
from seqnlp.text.vocabulary import WordForm
from seqnlp.trees.brackets import parse_tree
from seqnlp.trees.constituents import Constituents
from tests.batteries.layer import check_reload

TREES = (
    "(S (NP (DT The) (NN cat)) (VP (VBZ sleeps)))",
    "(S (VP (VB Sleep)))",
    "(S (NP (PRP She)) (VP (VBD saw) (NP (NP (DT a) (NN man)) (PP (IN with) (NP (DT a) (NN hat))))))",
)
SMALL = NetworkSettings(
    units=5, span_units=6, word_dimension=4, character_filters=4, dropout=0.0, recurrent_dropout=0.0
)

Example = tuple[ChartNetwork, ParserCodec, EncodedTrees]


@pytest.fixture(params=[True, False], ids=["bidirectional", "one direction"])
def example(request: pytest.FixtureRequest) -> Example:
    sentences = [Constituents.from_tree(parse_tree([(1, text)])) for text in TREES]
    codec = ParserCodec.learn(sentences, WordForm(lower=True), max_length=20)
    network = build_network(codec, SMALL.model_copy(update={"bidirectional": request.param}), seed=3)
    random = np.random.default_rng(3)
    for weight in network.weights:
        weight.assign(random.normal(0, 0.5, weight.shape))
    return network, codec, codec.encode_trees(sentences)


def all_scores(network: ChartNetwork, inputs: dict[str, np.ndarray]) -> np.ndarray:
    """Compute the scores of all labels, [batch, time + 1, time + 1, labels], span by span."""
    states = np.asarray(network.encoder(inputs))
    units, bias = network.encoder.config.units, np.asarray(network.bias)
    kernel = np.asarray(network.reader.kernel)
    output, output_bias = map(np.asarray, network.labeller.get_weights())
    time, batch, _ = states.shape
    forward = np.concatenate([np.zeros((1, batch, units)), states[..., :units]])
    backward = np.concatenate([states[..., units:], np.zeros((1, batch, states.shape[2] - units))])
    scores = np.zeros((batch, time + 1, time + 1, output.shape[1]))
    for row in range(batch):
        for start in range(time):
            for end in range(start + 1, time + 1):
                left = forward[end, row] - forward[start, row]
                right = backward[start, row] - backward[end, row]
                hidden = np.maximum(np.concatenate([left, right]) @ kernel + bias, 0)
                scores[row, start, end] = hidden @ output + output_bias
    return scores


def test_scores_equal_those_computed_span_by_span(example: Example) -> None:
    network, _, encoded = example
    inputs = encoded.words.batch(Batch(np.arange(3), 3, 9))
    inputs.pop("tags")
    found = network.predict_on_batch(inputs)
    expected = all_scores(network, inputs)
    for row, length in enumerate(inputs["lengths"]):
        starts, ends = np.triu_indices(length + 1, 1)
        spans = span_numbers(starts, ends, 9)
        here = expected[row, starts, ends]
        np.testing.assert_allclose(found["best"][row, spans], here.max(axis=1), atol=1e-5)
        assert (found["labels"][row, spans] == here.argmax(axis=1)).all()


def test_scores_of_a_sentence_do_not_depend_on_its_batch(example: Example) -> None:
    network, _, encoded = example
    batch = encoded.words.batch(Batch(np.arange(3), 4, 11))
    batch.pop("tags")
    together = network.predict_on_batch(batch)
    for row, length in enumerate(encoded.lengths.tolist()):
        inputs = encoded.words.batch(Batch(np.array([row]), 1, length))
        inputs.pop("tags")
        alone = network.predict_on_batch(inputs)
        starts, ends = np.triu_indices(length + 1, 1)
        spans = span_numbers(starts, ends, 11)
        np.testing.assert_allclose(together["best"][row, spans], alone["best"][0], atol=1e-5)
        assert (together["tags"][row, :length] == alone["tags"][0]).all()


def test_the_gradient_equals_the_slope_of_the_loss(example: Example) -> None:
    network, _, encoded = example
    inputs = encoded.batch(Batch(np.arange(3), 3, 9))
    targets = {name: inputs.pop(name) for name in ("tags", "brackets")}

    def loss() -> tf.Tensor:
        return network.compute_loss(inputs, targets, network(inputs, training=True))

    with tf.GradientTape() as tape:
        value = loss()
    assert float(value) > 0
    random = np.random.default_rng(1)
    watched = [network.bias, network.reader.kernel, network.labeller.kernel, network.tagger.kernel]
    for weight, gradient in zip(watched, tape.gradient(value, watched), strict=True):
        direction = random.normal(size=weight.shape).astype(np.float32)
        before, sides = np.array(weight), []
        for step in (1e-3, -1e-3):
            weight.assign(before + step * direction)
            sides.append(float(loss()))
        weight.assign(before)
        slope = (sides[0] - sides[1]) / 2e-3
        assert slope == pytest.approx(float(np.sum(np.asarray(gradient) * direction)), rel=0.02, abs=2e-3)


def test_a_network_is_the_same_after_saving(example: Example) -> None:
    network, _, encoded = example
    check_reload(network, encoded.words.batch(Batch(np.arange(len(TREES)), count=len(TREES), length=9)))
