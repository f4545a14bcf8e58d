"""The network with greedy search on a batch, compared with one merge at a time."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from seqnlp.data.batching import Batch
from seqnlp.layers.tree_cells import TREE_CELLS
from seqnlp.tasks.parsing.building import build_network
from seqnlp.tasks.parsing.codec import ParserCodec
from seqnlp.tasks.parsing.decoding import MergeDecoder
from seqnlp.tasks.parsing.encoded import EncodedTrees
from seqnlp.tasks.parsing.merging_network import MARGIN, MergingNetwork
from seqnlp.tasks.parsing.settings import NetworkSettings
from seqnlp.text.vocabulary import WordForm
from seqnlp.trees.brackets import parse_tree
from seqnlp.trees.constituents import Constituents
from tests.batteries.layer import check_reload

TREES = (
    "(S (NP (DT The) (NN cat)) (VP (VBZ sleeps)))",
    "(S (VP (VB Sleep)))",
    "(S (NP (PRP She)) (VP (VBD saw) (NP (NP (DT a) (NN man)) (PP (IN with) (NP (DT a) (NN hat))))))",
    "(NP (DT the) (JJ old) (JJ red) (NN hat) (, ,) (NN coat) (CC and) (NNS shoes))",
)

Example = tuple[MergingNetwork, ParserCodec, EncodedTrees]
Span = tuple[int, int]
Bonus = Callable[[int, int], float]


@pytest.fixture(params=TREE_CELLS)
def example(request: pytest.FixtureRequest) -> Example:
    sentences = [Constituents.from_tree(parse_tree([(1, text)])) for text in TREES]
    codec = ParserCodec.learn(sentences, WordForm(lower=True), max_length=20)
    settings = NetworkSettings(
        search="greedy",
        composition=request.param,
        units=5,
        span_units=6,
        word_dimension=4,
        character_filters=4,
        dropout=0.0,
        recurrent_dropout=0.0,
    )
    network = build_network(codec, settings, seed=3)
    random = np.random.default_rng(3)
    for weight in network.weights:
        weight.assign(random.normal(0, 0.7, weight.shape))
    return network, codec, codec.encode_trees(sentences)


def merged(network: MergingNetwork, words: Any, bonus: Bonus) -> tuple[list[Span], list[Any], list[Any]]:
    """Return the spans, the scores and the states of merges, computed one after the other."""
    nodes = [(word, place, place + 1) for place, word in enumerate(tf.split(words, len(words)))]
    spans, scores, states = [], [], []
    while len(nodes) > 1:
        pairs = [
            (network.composition.join(left[0], right[0]), left[1], right[2])
            for left, right in pairwise(nodes)
        ]
        found = [network.merge_scores(pair[0])[0] for pair in pairs]
        heights = [float(score) + bonus(*pair[1:]) for score, pair in zip(found, pairs, strict=True)]
        best = int(np.argmax(heights))
        nodes[best : best + 2] = [pairs[best]]
        spans.append(pairs[best][1:])
        scores.append(found[best])
        states.append(pairs[best][0])
    return spans, scores, states


def test_search_merges_the_best_pairs(example: Example) -> None:
    network, codec, encoded = example
    inputs = encoded.words.batch(Batch(np.arange(4), 5, 10))
    inputs.pop("tags")
    found = network.predict_on_batch(inputs)
    leaves = network(inputs)["leaves"]
    for row, length in enumerate(encoded.lengths.tolist()):
        words = leaves[:length, row]
        spans, scores, states = merged(network, words, lambda start, end: 0.0)
        assert (
            list(zip(*(found[name][row, : length - 1].tolist() for name in ("starts", "ends")), strict=True))
            == spans
        )
        np.testing.assert_allclose(found["scores"][row, : length - 1], np.array(scores), atol=1e-5)
        labels = np.array(network.label_scores(tf.concat([words, *states], axis=0)))
        labels[-1, len(codec.labels)] = -np.inf
        kept = [*range(length), *range(10, 10 + length - 1)]
        assert found["labels"][row, kept].tolist() == labels.argmax(axis=1).tolist()


@pytest.mark.parametrize("example", ["rnn", "lstm"], indirect=True)
def test_the_parse_of_a_sentence_does_not_depend_on_its_batch(example: Example) -> None:
    network, codec, encoded = example
    decoder = MergeDecoder()
    inputs = encoded.words.batch(Batch(np.arange(4), 5, 11))
    together = decoder(codec, network.predict_on_batch(inputs), inputs["lengths"])
    for row, length in enumerate(encoded.lengths.tolist()):
        inputs = encoded.words.batch(Batch(np.array([row]), 1, length))
        (alone,) = decoder(codec, network.predict_on_batch(inputs), inputs["lengths"])
        assert (alone.tags, alone.chains) == (together[row].tags, together[row].chains)
        assert alone.score == pytest.approx(together[row].score, abs=1e-4)
        assert (0, length) in alone.chains


def plain_loss(network: MergingNetwork, leaves: Any, lengths: list[int], gold: np.ndarray) -> Any:
    """Compute the loss of trees, sentence by sentence and merge by merge."""
    total = 0.0
    for row, length in enumerate(lengths):
        words = leaves[:length, row]
        gold_labels = {(start, end): label for at, start, end, label in gold.tolist() if at == row}

        def wrong(start: int, end: int, gold_labels: dict[Span, int] = gold_labels) -> bool:
            return any(a < start < b < end or start < a < end < b for a, b in gold_labels)

        spans, scores, _ = merged(network, words, lambda start, end: MARGIN * wrong(start, end))
        gold_spans, gold_scores, states = merged(network, words, lambda start, end: -1e6 * wrong(start, end))
        assert {span for span in gold_labels if span[1] > span[0] + 1} <= set(gold_spans)
        worst, ahead = 0.0, 0.0
        for span, score, gold_score in zip(spans, scores, gold_scores, strict=True):
            ahead = ahead + score + MARGIN * wrong(*span) - gold_score
            worst = tf.maximum(worst, ahead)
        every = [*((place, place + 1) for place in range(length)), *gold_spans]
        expected = [gold_labels.get(span, network.arguments["labels"]) for span in every]
        logits = network.label_scores(tf.concat([words, *states], axis=0))
        losses = keras.losses.sparse_categorical_crossentropy(np.array(expected), logits, from_logits=True)
        total = total + worst + tf.reduce_sum(losses)
    return total


def test_the_loss_and_its_gradient_equal_those_computed_merge_by_merge(example: Example) -> None:
    network, _, encoded = example
    inputs = encoded.batch(Batch(np.arange(4), 5, 10))
    inputs.pop("tags")
    gold = inputs.pop("brackets")
    leaves = network(inputs)["leaves"]
    weights = [
        weight.value
        for layer in (network.composition, network.scorer, network.labeller)
        for weight in layer.trainable_variables
        if "leaf" not in weight.path
    ]
    found = []
    for loss in (
        lambda: network.tree_loss({"leaves": leaves}, inputs["lengths"], gold),
        lambda: plain_loss(network, leaves, encoded.lengths.tolist(), gold),
    ):
        with tf.GradientTape() as tape:
            tape.watch(leaves)
            value = loss()
        found.append([value, *tape.gradient(value, [leaves, *weights])])
    for ours, theirs in zip(*found, strict=True):
        theirs = np.array(tf.convert_to_tensor(theirs))
        np.testing.assert_allclose(tf.convert_to_tensor(ours), theirs, atol=1e-4 * (1 + np.abs(theirs).max()))


@pytest.mark.parametrize("example", ["rnn", "lstm"], indirect=True)
def test_every_weight_has_a_gradient(example: Example) -> None:
    network, _, encoded = example
    inputs = encoded.batch(Batch(np.arange(4), 5, 10))
    targets = {name: inputs.pop(name) for name in ("tags", "brackets")}
    with tf.GradientTape() as tape:
        value = network.compute_loss(inputs, targets, network(inputs, training=True))
    assert float(value) > 0
    assert all(gradient is not None for gradient in tape.gradient(value, network.trainable_variables))


def test_a_network_is_the_same_after_saving(example: Example) -> None:
    network, _, encoded = example
    check_reload(network, encoded.words.batch(Batch(np.arange(len(TREES)), count=len(TREES), length=9)))
