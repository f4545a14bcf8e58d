"""The exported search for translations, compared with a plain search of one sentence at a time."""

from collections import Counter

import numpy as np
import pytest

from benchmarks.plain_search import (
    Hypothesis,
    Options,
    make_step,
    score_hypothesis,
    search,
    search_exhaustively,
)
from seqnlp.export.attention_search import DEFAULTS
from seqnlp.tasks.translation.graph import convert_networks
from seqnlp.tasks.translation.network import TranslationNetwork
from seqnlp.text.tokenizers.spaced import END

SOURCE, TARGET = 12, 9
TOO_LOW = -1e8
ANY = np.ones(TARGET, bool)


def network_of(seed: int = 2, target: int = TARGET, **changes) -> TranslationNetwork:
    decoder = {
        "dimension": 6,
        "units": 8,
        "cell": "gru",
        "layers": 2,
        "attention": "general",
        "input_feeding": False,
        "dropout": 0.0,
        "recurrent_dropout": 0.0,
        **changes,
    }
    network = TranslationNetwork(SOURCE, target, decoder, layers=1, tied="target", seed=1)
    network.build()
    random = np.random.default_rng(seed)
    for weight in network.trainable_variables:
        weight.assign(random.normal(size=weight.shape, scale=0.6))
    # The end is likely enough that hypotheses end after different numbers of steps.
    network.output_bias.assign(np.eye(target)[END] * 1.5)
    return network


def sources(count: int, seed: int = 3) -> list[list[int]]:
    random = np.random.default_rng(seed)
    return [random.integers(2, SOURCE, random.integers(1, 9)).tolist() for _ in range(count)]


def session_of(*networks: TranslationNetwork, openings: np.ndarray = ANY):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(convert_networks(networks, openings).SerializeToString(), options)


def arrays(rows: list[list[int]], **options) -> dict[str, np.ndarray]:
    source = np.zeros((len(rows), max(map(len, rows))), np.int32)
    for number, row in enumerate(rows):
        source[number, : len(row)] = row
    given = {name: np.asarray(value, DEFAULTS[name].dtype) for name, value in options.items()}
    return {"source": source, "lengths": np.array([len(row) for row in rows], np.int32), **given}


def hypotheses(session, rows: list[list[int]], **options) -> list[list[Hypothesis]]:
    """Return the hypotheses of the graph in the form of the plain search."""
    subwords, scores, attention = session.run(None, arrays(rows, **options))
    found = []
    for number, row in enumerate(rows):
        one = []
        for place, score in enumerate(scores[number]):
            ids = subwords[number, place].tolist()
            ids = ids[: ids.index(END) + 1] if END in ids else [subword for subword in ids if subword]
            if score > TOO_LOW:
                weights = attention[number, place, : len(ids), : len(row)]
                one.append(Hypothesis(tuple(ids), float(score), weights=tuple(weights)))
        found.append(one)
    return found


def expect_same(found: list[Hypothesis], expected: list[Hypothesis]) -> None:
    assert [each.subwords for each in found] == [each.subwords for each in expected]
    for one, other in zip(found, expected, strict=True):
        assert one.score == pytest.approx(other.score, abs=1e-4)
        np.testing.assert_allclose(np.stack(one.weights), np.stack(other.weights), atol=1e-4)


@pytest.fixture(scope="module")
def network() -> TranslationNetwork:
    return network_of()


@pytest.fixture(scope="module")
def session(network):
    return session_of(network)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"beam_size": 1},
        {"beam_size": 12},
        {"length_penalty": 0.0},
        {"coverage_penalty": 0.4, "length_penalty": 0.6},
        {"min_length": 6},
        {"max_length": 3},
        {"min_length": 4, "max_length": 4},
        {"no_repeat_ngram_size": 1},
        {"no_repeat_ngram_size": 2, "beam_size": 3},
        {"no_repeat_ngram_size": 3, "min_length": 9},
    ],
    ids=str,
)
def test_it_finds_what_a_plain_search_finds(network, session, options) -> None:
    rows = sources(20)
    plain = Options(**options)
    found = hypotheses(session, rows, n_best=plain.beam_size, **options)
    for row, one in zip(rows, found, strict=True):
        expect_same(one, search(*make_step(network, row), plain, len(row)))


@pytest.mark.parametrize(
    "changes",
    [
        {"attention": "dot"},
        {"attention": "concat", "input_feeding": True},
        {"attention": "none", "cell": "rnn"},
        {"cell": "lstm", "layers": 1},
        {"layers": 3, "input_feeding": True},
    ],
    ids=str,
)
def test_any_network_can_be_searched(changes) -> None:
    network, rows = network_of(**changes), sources(6)
    for row, found in zip(rows, hypotheses(session_of(network), rows, n_best=5), strict=True):
        expect_same(found, search(*make_step(network, row), Options(), len(row)))


def test_a_beam_of_everything_finds_the_best_of_all() -> None:
    network = network_of(target=6)
    options = Options(beam_size=200, max_length=4, length_penalty=0.8)
    rows = sources(5)
    session = session_of(network, openings=ANY[:6])
    found = hypotheses(session, rows, beam_size=200, max_length=4, length_penalty=0.8)
    for row, (one,) in zip(rows, found, strict=True):
        best = search_exhaustively(*make_step(network, row), options, subwords=6)
        assert one.score >= best.score - 1e-5  # an unfinished one of maximum length may rank higher
        if one.finished:
            expect_same([one], [best])


@pytest.mark.parametrize("options", [{}, {"beam_size": 1}, {"no_repeat_ngram_size": 1}], ids=str)
def test_not_every_token_starts_a_text(network, options) -> None:
    rows = sources(20)
    options = {"min_length": 3, **options}
    free = hypotheses(session_of(network), rows, **options)
    first = Counter(one.subwords[0] for (one,) in free).most_common(1)[0][0]
    openings = ANY.copy()
    openings[first] = False
    plain = Options(**options, can_start=tuple(openings.tolist()))
    session = session_of(network, openings=openings)
    found = hypotheses(session, rows, n_best=plain.beam_size, **options)
    for row, one in zip(rows, found, strict=True):
        expect_same(one, search(*make_step(network, row), plain, len(row)))
        assert all(each.subwords[0] != first for each in one)


def test_a_sentence_gets_the_same_hypotheses_alone_and_in_a_batch(session) -> None:
    rows = sources(30)
    for row, together in zip(rows, hypotheses(session, rows, n_best=3), strict=True):
        expect_same(together, hypotheses(session, [row], n_best=3)[0])


def test_a_prefix_begins_the_hypotheses(network, session) -> None:
    rows = sources(4)
    prefix = np.array([[5, 3], [4, 0], [0, 0], [7, 7]], np.int32)
    for (one,), given in zip(hypotheses(session, rows, prefix=prefix), prefix.tolist(), strict=True):
        kept = [subword for subword in given if subword]
        assert list(one.subwords[: len(kept)]) == kept
    (free,) = hypotheses(session, rows[2:3])
    expect_same(hypotheses(session, rows, prefix=prefix)[2], free)


def test_a_complete_prefix_is_scored(network, session) -> None:
    row, given = sources(1)[0], (5, 3, 3, 8, END)
    ((found,),) = hypotheses(session, [row], prefix=[given], beam_size=1, coverage_penalty=0.2)
    expect_same([found], [score_hypothesis(*make_step(network, row), Options(coverage_penalty=0.2), given)])


def test_samples_have_the_scores_and_the_attention_of_their_texts(network, session) -> None:
    rows = sources(12)
    options = {"beam_size": 3, "n_best": 3, "temperature": 1.5, "seed": np.arange(12)}
    found = hypotheses(session, rows, **options)
    for row, one, again in zip(rows, found, hypotheses(session, rows, **options), strict=True):
        assert len(one) == 3
        expect_same(one, again)
        for each in one:
            expect_same([each], [score_hypothesis(*make_step(network, row), Options(), each.subwords)])
    assert len({each.subwords for one in found for each in one}) > 12


def test_an_ensemble_averages_probabilities() -> None:
    networks = [network_of(seed) for seed in (2, 5)]
    rows, given = sources(3), (4, 4, 6, END)
    found = hypotheses(session_of(*networks), rows, prefix=[given], beam_size=1, length_penalty=0.0)
    for row, (one,) in zip(rows, found, strict=True):
        total = 0.0
        paths = [make_step(network, row) for network in networks]
        for before, subword in zip((END, *given), given, strict=False):
            steps = [step(np.array([before]), state) for step, state in paths]
            total += float(np.log(np.mean([np.exp(scores[0, subword]) for scores, _, _ in steps])))
            paths = [(step, after) for (step, _), (_, after, _) in zip(paths, steps, strict=True)]
        assert one.score == pytest.approx(total, abs=1e-4)


def test_it_ends_with_the_longest_hypothesis(session) -> None:
    rows = sources(8)
    subwords, _, attention = session.run(None, arrays(rows, max_length=500))
    longest = max(len(one.subwords) for (one,) in hypotheses(session, rows, max_length=500))
    assert longest < subwords.shape[2] <= longest + 30
    assert attention.shape[2] == subwords.shape[2]


def test_the_graph_has_one_loop_and_standard_operators(network) -> None:
    model = convert_networks([network], ANY)
    assert {each.domain for each in model.opset_import} == {""}
    operators = [node.op_type for node in model.graph.node]
    assert operators.count("Loop") == 1
    assert operators.count("GRU") == 1
