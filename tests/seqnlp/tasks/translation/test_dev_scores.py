"""Scores of a network during training, compared with the plain search and sums by hand."""

import numpy as np
import pytest
import sacrebleu

from benchmarks.plain_search import Options, make_step, search
from seqnlp.data.batching import Buckets
from seqnlp.records import SentencePair
from seqnlp.tasks.translation.building import build_network
from seqnlp.tasks.translation.forced_decoding import mean_log_likelihood
from seqnlp.tasks.translation.settings import NetworkSettings
from seqnlp.tasks.translation.task import TranslatorTask
from seqnlp.text.tokenizers.spaced import END
from seqnlp.training.batches import TrainingBatches

PAIRS = [SentencePair(source, target) for source, target in (("ab", "ba"), ("b", "b"), ("abba a", "ab ab"))]


@pytest.fixture(scope="module")
def prepared(prepare_pairs):
    return prepare_pairs(PAIRS, PAIRS)


@pytest.fixture(scope="module")
def codec(prepared):
    return prepared.codec


@pytest.fixture(scope="module")
def network(codec):
    network = build_network(codec, NetworkSettings(dimension=6, units=8, input_feeding=True), seed=1)
    random = np.random.default_rng(4)
    for weight in network.trainable_variables:
        weight.assign(random.normal(size=weight.shape, scale=0.7))
    network.output_bias.assign(np.eye(len(codec.target))[END])
    return network


def translate(network, codec) -> list[list[int]]:
    sources = codec.encode(pair.source for pair in PAIRS)
    found = network.search_greedily(
        sources.rows(np.arange(len(PAIRS))), sources.lengths.astype(np.int32), codec.target.can_start
    )
    return found.tolist()


def test_greedy_search_is_a_beam_of_one(network, codec) -> None:
    options = Options(beam_size=1, can_start=tuple(codec.target.can_start.tolist()))
    for ids, pair in zip(translate(network, codec), PAIRS, strict=True):
        source = codec.source.encode(pair.source)
        (best,) = search(*make_step(network, source), options, len(source))
        assert (*ids[: ids.index(END)], END)[: len(best.subwords)] == best.subwords


def test_greedy_search_is_compiled_once_and_follows_the_weights(network, codec) -> None:
    before = translate(network, codec)
    compiled, bias = network.search_greedily, np.array(network.output_bias)
    network.output_bias.assign(np.eye(len(codec.target))[END] * 100)
    assert network.search_greedily is compiled
    assert np.all(np.array(translate(network, codec)) == END)
    network.output_bias.assign(bias)
    assert translate(network, codec) == before


def test_the_likelihood_is_a_sum_over_subwords(network, codec) -> None:
    total = 0.0
    for pair in PAIRS:
        source = codec.source.encode(pair.source)
        step, state = make_step(network, source)
        target = [*codec.target.encode(pair.target), END]
        for before, subword in zip((END, *target), target, strict=False):
            scores, state, _ = step(np.array([before]), state)
            total += float(scores[0, subword])
    subwords = sum(len(codec.target.encode(pair.target)) + 1 for pair in PAIRS)
    pairs = codec.encode_pairs(PAIRS)
    plan = Buckets((4, 8), 16).batches(pairs.lengths)
    assert mean_log_likelihood(network, pairs, plan) == pytest.approx(total / subwords, abs=1e-5)


def test_dev_scores_are_those_of_greedy_translations(network, prepared, codec) -> None:
    found = [codec.decode(ids) for ids in translate(network, codec)]
    gold = [pair.target for pair in PAIRS]
    batches = TrainingBatches(prepared.train, Buckets((4, 8), 16), 1, ("target",))
    scores = TranslatorTask().dev_scores(network, codec, prepared.held_out["dev"], batches)
    assert scores["bleu"] == pytest.approx(sacrebleu.corpus_bleu(found, [gold]).score)
    assert scores["chrf"] == pytest.approx(sacrebleu.corpus_chrf(found, [gold]).score)
    assert scores["loss"] == -scores["log_likelihood"]


def test_targets_with_unknown_characters_do_not_count(network, codec) -> None:
    def mean(pairs: list[SentencePair]) -> float | None:
        encoded = codec.encode_pairs(pairs)
        return mean_log_likelihood(network, encoded, Buckets((4, 8), 16).batches(encoded.lengths))

    unknown = SentencePair(PAIRS[0].source, "☃")
    assert mean([*PAIRS, unknown]) == pytest.approx(mean(PAIRS), abs=1e-6)
    assert mean([unknown]) is None
