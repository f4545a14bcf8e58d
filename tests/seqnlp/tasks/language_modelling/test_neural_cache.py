"""The neural cache, compared with a plain computation of its equations."""

import math

import numpy as np
import pytest
from keras import ops

from seqnlp.data.language_codec import END
from seqnlp.tasks.language_modelling import neural_cache as module
from seqnlp.tasks.language_modelling.neural_cache import CacheOptions, NeuralCache
from tests.seqnlp.tasks.language_modelling.test_network import VOCABULARY, make_network

DOCUMENTS = [
    [END, *np.random.default_rng(number).integers(3, VOCABULARY, 9).tolist(), END] for number in (1, 2)
]


def plain_cache(options: CacheOptions) -> list[float]:
    """Return the log probability of each document, token by token."""
    network, cache, totals = make_network(), [], []
    for row in DOCUMENTS:
        ids = np.array([row[:-1]], np.int32)
        hidden, _ = network.hidden_states(ops.convert_to_tensor(ids), network.zero_states(1))
        logits = np.asarray(network.logits(hidden), np.float64)[:, 0]
        total = 0.0
        for state, scores, gold in zip(np.asarray(hidden)[:, 0], logits, row[1:], strict=True):
            probability = math.exp(scores[gold]) / np.exp(scores).sum()
            kept = cache[-options.size :]
            if kept:
                weights = [math.exp(options.theta * float(old @ state)) for old, _ in kept]
                same = sum(w for w, (_, token) in zip(weights, kept, strict=True) if token == gold)
                probability = (1 - options.weight) * probability + options.weight * same / sum(weights)
            cache.append((state, gold))
            total += math.log(probability)
        totals.append(total)
    return totals


@pytest.mark.parametrize("window", [3, 100])
@pytest.mark.parametrize("size", [1, 4, 100])
def test_a_cache_follows_its_equations(size: int, window: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_WINDOW", window)
    options = CacheOptions(size=size, theta=2.0, weight=0.3)
    found = list(NeuralCache(make_network(), options).score(DOCUMENTS))
    assert found == pytest.approx(plain_cache(options), abs=1e-4)


def test_a_cache_without_weight_changes_nothing() -> None:
    network = make_network()
    expected = [network.log_probabilities(np.array([row], np.int32)).sum() for row in DOCUMENTS]
    assert list(NeuralCache(network, CacheOptions(weight=0.0)).score(DOCUMENTS)) == pytest.approx(
        expected, abs=1e-4
    )


def test_similar_states_with_a_large_theta_do_not_overflow() -> None:
    found = list(NeuralCache(make_network(), CacheOptions(theta=1e4)).score(DOCUMENTS))
    assert np.isfinite(found).all()
