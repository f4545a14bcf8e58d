"""Scores of a network while it is trained, against the plain search and sums by hand."""

import numpy as np
import pytest
import sacrebleu

from benchmarks.plain_search import Options, search, stepping
from seqnlp.data.batching import Buckets
from seqnlp.records import SentencePair
from seqnlp.tasks.translation.building import build_network
from seqnlp.tasks.translation.data import Prepared
from seqnlp.tasks.translation.greedy import greedy
from seqnlp.tasks.translation.scoring import DevScorer
from seqnlp.tasks.translation.settings import NetworkSettings, PieceSettings
from seqnlp.text.tokenizers.spaced import END

PAIRS = [SentencePair(source, target) for source, target in (("ab", "ba"), ("b", "b"), ("abba a", "ab ab"))]


@pytest.fixture(scope="module")
def scorer() -> DevScorer:
    prepared = Prepared.of(PAIRS, {"dev": PAIRS}, PieceSettings(subwords=0), {})
    settings = NetworkSettings(dimension=6, units=8, input_feeding=True)
    network = build_network(prepared.codec, settings, seed=1)
    random = np.random.default_rng(4)
    for weight in network.trainable_variables:
        weight.assign(random.normal(size=weight.shape, scale=0.7))
    network.output_bias.assign(np.eye(len(prepared.codec.target))[END])
    return DevScorer(network, prepared.codec, prepared.held_out["dev"], Buckets((4, 8), 16))


def test_greedy_search_is_a_beam_of_one(scorer) -> None:
    split = scorer.split
    rows = np.arange(len(PAIRS))
    openings = scorer.codec.target.can_start
    search_greedily = greedy(scorer.network, openings)
    found = search_greedily(split.sources.rows(rows), split.sources.lengths.astype(np.int32))
    options = Options(beam_size=1, openings=tuple(openings.tolist()))
    for ids, source in zip(found.tolist(), split.sources.rows(rows).tolist(), strict=True):
        pieces = [piece for piece in source if piece]
        (best,) = search(*stepping(scorer.network, pieces), options, len(pieces))
        assert (*ids[: ids.index(END)], END)[: len(best.pieces)] == best.pieces


def test_the_likelihood_is_a_sum_over_pieces(scorer) -> None:
    total = 0.0
    for pair in PAIRS:
        source = scorer.codec.source.encode(pair.source)
        step, state = stepping(scorer.network, source)
        target = [*scorer.codec.target.encode(pair.target), END]
        for before, piece in zip((END, *target), target, strict=False):
            scores, state, _ = step(np.array([before]), state)
            total += float(scores[0, piece])
    pieces = sum(len(scorer.codec.target.encode(pair.target)) + 1 for pair in PAIRS)
    assert scorer.log_likelihood() == pytest.approx(total / pieces, abs=1e-5)


def test_scores_are_of_its_translations(scorer) -> None:
    found, wanted = list(scorer.translations()), [pair.target for pair in PAIRS]
    scores = scorer()
    assert scores["bleu"] == pytest.approx(sacrebleu.corpus_bleu(found, [wanted]).score)
    assert scores["chrf"] == pytest.approx(sacrebleu.corpus_chrf(found, [wanted]).score)
    assert scores["loss"] == -scores["log_likelihood"]
