"""The CRF compared with sums over all paths."""

from itertools import pairwise, product

import numpy as np
import pytest
import tensorflow as tf

from seqnlp.layers.crf import CRF
from seqnlp.tasks.tagging.decoding import viterbi

COUNT, BATCH, TIME = 4, 5, 5
LENGTHS = np.array([5, 3, 1, 4, 0], np.int32)
LEGAL = np.ones((COUNT, COUNT), bool)
LEGAL[1, 2] = False
START = np.array([True, True, False, True])
END = np.array([True, True, True, False])


def legal_paths(length: int) -> list[tuple[int, ...]]:
    return [
        path
        for path in product(range(COUNT), repeat=length)
        if START[path[0]] and END[path[-1]] and all(LEGAL[step] for step in pairwise(path))
    ]


def score(path, emissions, transitions, start, end):
    steps = sum(emissions[at, tag] for at, tag in enumerate(path))
    return start[path[0]] + end[path[-1]] + steps + sum(transitions[a, b] for a, b in pairwise(path))


@pytest.fixture
def layer() -> CRF:
    crf = CRF(LEGAL, START, END)
    crf.build()
    random = np.random.default_rng(5)
    crf.set_weights([random.normal(size=weight.shape) for weight in crf.get_weights()])
    return crf


@pytest.fixture
def emissions() -> np.ndarray:
    return np.random.default_rng(6).normal(size=(BATCH, TIME, COUNT), scale=2).astype(np.float32)


def test_likelihood_and_gradients_equal_the_sum_over_all_paths(layer: CRF, emissions: np.ndarray) -> None:
    random = np.random.default_rng(7)
    tags = np.zeros((BATCH, TIME), np.int32)
    for row, length in enumerate(LENGTHS):
        if length:
            paths = legal_paths(length)
            tags[row, :length] = paths[random.integers(len(paths))]
    variables = [variable.value for variable in layer.trainable_variables]
    given = tf.constant(emissions)

    def by_enumeration():
        total = tf.constant(0.0)
        for row, length in enumerate(LENGTHS):
            if length:
                scores = [score(path, given[row], *variables) for path in legal_paths(length)]
                total += score(tags[row, :length], given[row], *variables) - tf.reduce_logsumexp(scores)
        return total

    results = []
    for function in (lambda: layer.log_likelihood(given, tags, LENGTHS), by_enumeration):
        with tf.GradientTape() as tape:
            tape.watch(given)
            value = function()
        results.append([value, *tape.gradient(value, [given, *variables])])
    for found, expected in zip(*results, strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-4)


def test_sentences_of_one_word_have_no_transitions(layer: CRF, emissions: np.ndarray) -> None:
    tags, ones = np.zeros((BATCH, 1), np.int32), np.ones(BATCH, np.int32)
    weights = [np.asarray(each) for each in layer.scores()]
    expected = 0.0
    for row in range(BATCH):
        scores = [score(path, emissions[row], *weights) for path in legal_paths(1)]
        expected += score((0,), emissions[row], *weights) - np.logaddexp.reduce(scores)
    found = layer.log_likelihood(emissions[:, :1], tags, ones)
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_viterbi_finds_the_best_of_all_paths(layer: CRF, emissions: np.ndarray) -> None:
    weights = [np.asarray(each) for each in layer.scores()]
    tags = viterbi(emissions, LENGTHS, *weights)
    for row, length in enumerate(LENGTHS):
        if length:
            best = max(legal_paths(length), key=lambda path, row=row: score(path, emissions[row], *weights))
            assert tuple(tags[row, :length]) == best


def test_large_scores_neither_overflow_nor_vanish(layer: CRF, emissions: np.ndarray) -> None:
    tags = np.zeros((BATCH, TIME), np.int32)
    given = tf.constant(emissions * 400)
    with tf.GradientTape() as tape:
        tape.watch(given)
        value = layer.log_likelihood(given, tags, LENGTHS)
    assert np.isfinite(value)
    assert np.all(np.isfinite(tape.gradient(value, given)))
