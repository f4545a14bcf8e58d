"""Search and sampling with a small language model, which reads no source."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import onnxruntime
import pytest
from keras import ops

from benchmarks.plain_sampling import uniform
from benchmarks.plain_search import Hypothesis, Options, score_hypothesis, search, search_exhaustively
from seqnlp.export.conversion import convert
from seqnlp.export.search import DEFAULTS, Stepper, build_search
from seqnlp.layers.lookup import lookup
from seqnlp.text.tokenizers.spaced import END
from seqnlp.types import Array

VOCABULARY, UNITS = 7, 6
TOO_LOW = -1e8
ANY = np.ones(VOCABULARY, bool)


class LanguageModel:
    """A GRU with random weights. Its hypotheses end after some steps. It never generates ids below END."""

    def __init__(self) -> None:
        random = np.random.default_rng(8)
        self.table = random.normal(size=(VOCABULARY, 5)).astype(np.float32)
        self.output = random.normal(size=(UNITS, VOCABULARY), scale=1.2).astype(np.float32)
        self.bias = np.array([-1e9, -1e9, 0.5, 0, 0.3, -0.5, 0], np.float32)
        self.cell = keras.layers.GRUCell(UNITS)
        self.cell.build((None, 5))
        self.cell.set_weights([random.normal(size=each.shape) for each in self.cell.get_weights()])

    def step(self, inputs: dict[str, Any]) -> dict[str, Any]:
        hidden, _ = self.cell(lookup(self.table, inputs["ids"]), [inputs["state"][0]])
        return {"logits": ops.matmul(hidden, self.output) + self.bias, "state_after": hidden[None]}

    def stepper(self, can_start: Array = ANY) -> Stepper:
        state = {"state": (1, "rows", UNITS)}
        begin = convert(
            lambda inputs: {"state": ops.zeros((1, ops.shape(inputs["prefix"])[0], UNITS))},
            {"prefix": ("batch", "prefix_length")},
            state,
        )
        outputs = {"logits": ("rows", VOCABULARY), "state_after": state["state"]}
        return Stepper(
            begin, convert(self.step, {"ids": ("rows",)}, outputs, state), [], ["state"], can_start
        )

    def plain_step(self, ids: Array, state: Sequence[Array]) -> tuple[Array, list[Array], Array]:
        """Compute a step of the plain search. Attention to a source of one token has no effect."""
        found = self.step({"ids": ids.astype(np.int32), "state": state[0]})
        scores = np.asarray(found["logits"], np.float64)
        scores -= np.log(np.exp(scores).sum(axis=-1, keepdims=True))
        return scores, [np.asarray(found["state_after"])], np.ones((len(ids), 1))

    def log_probs(self, tokens: Sequence[int]) -> Array:
        """Return the log probabilities of the next token."""
        state = [FIRST]
        for token in (END, *tokens):
            scores, state, _ = self.plain_step(np.array([token]), state)
        return scores[0]

    def score(self, tokens: Sequence[int]) -> float:
        """Return the score of a hypothesis."""
        return score_hypothesis(self.plain_step, [FIRST], Options(), tokens).score


FIRST = np.zeros((1, 1, UNITS), np.float32)


@pytest.fixture(scope="module")
def network() -> LanguageModel:
    return LanguageModel()


def open_session(stepper: Stepper) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(build_search(stepper).SerializeToString(), options)


@pytest.fixture(scope="module")
def session(network: LanguageModel) -> onnxruntime.InferenceSession:
    return open_session(network.stepper())


def run(session: onnxruntime.InferenceSession, **options: Any) -> tuple[Array, Array]:
    given = {name: np.asarray(value, DEFAULTS[name].dtype) for name, value in options.items()}
    hypotheses, scores = session.run(None, given)
    return hypotheses, scores


def strip(row: Sequence[int]) -> tuple[int, ...]:
    """Return the tokens of a hypothesis, without padding."""
    tokens = list(row)
    return tuple(tokens[: tokens.index(END) + 1] if END in tokens else tokens)


def listed(found: tuple[Array, Array], number: int = 0) -> list[tuple[tuple[int, ...], float]]:
    hypotheses, scores = (each[number].tolist() for each in found)
    return [(strip(row), score) for row, score in zip(hypotheses, scores, strict=True) if score > TOO_LOW]


def expect_same(found: list[tuple[tuple[int, ...], float]], expected: Sequence[Hypothesis]) -> None:
    assert [tokens for tokens, _ in found] == [each.subwords for each in expected]
    assert [score for _, score in found] == pytest.approx([each.score for each in expected], abs=1e-4)


def chi_square(counts: Array, probabilities: Array) -> float:
    """Return the chi-square statistic of counts, in its standard deviations from its mean.

    The statistic needs large expected counts, so rare cells are merged.
    """
    expected = probabilities * counts.sum()
    assert not counts[expected == 0].any()
    rare = expected < 5
    counts, expected = (np.append(each[~rare], each[rare].sum()) for each in (counts, expected))
    possible = expected > 0
    statistic = ((counts - expected)[possible] ** 2 / expected[possible]).sum()
    freedom = possible.sum() - 1
    return float((statistic - freedom) / np.sqrt(2 * freedom))


def first_tokens(session: onnxruntime.InferenceSession, count: int = 20_000, **options: Any) -> Array:
    """Return the count of each token as the first token of a sample."""
    empty = np.zeros((count, 0), np.int32)
    options = {"beam_size": 1, "max_length": 1, "seed": np.arange(count), "prefix": empty, **options}
    hypotheses, _ = run(session, **options)
    return np.bincount(hypotheses[:, :, 0].ravel(), minlength=VOCABULARY)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"beam_size": 1},
        {"beam_size": 12},
        {"length_penalty": 0.0},
        {"min_length": 6},
        {"min_length": 4, "max_length": 4},
        {"no_repeat_ngram_size": 1},
        {"no_repeat_ngram_size": 2, "min_length": 8},
    ],
    ids=str,
)
def test_it_finds_what_a_plain_search_finds(network, session, options) -> None:
    options = {"max_length": 9, **options}
    plain = Options(**options)
    found = listed(run(session, n_best=plain.beam_size, **options))
    expect_same(found, search(network.plain_step, [FIRST], plain, source=1))


def test_a_beam_of_everything_finds_the_best_of_all(network, session) -> None:
    options = Options(beam_size=500, max_length=4, length_penalty=0.8)
    found = listed(run(session, beam_size=500, n_best=500, max_length=4, length_penalty=0.8))
    finished = [each for each in found if each[0][-1] == END]
    expect_same(
        finished[:1], [search_exhaustively(network.plain_step, [FIRST], options, subwords=VOCABULARY)]
    )


def test_not_every_token_starts_a_text(network, session) -> None:
    (((start, *_), _),) = listed(run(session))
    can_start = ANY.copy()
    can_start[start] = False
    limited = open_session(network.stepper(can_start))
    plain = Options(max_length=100, can_start=tuple(can_start.tolist()))
    expect_same(listed(run(limited, n_best=5)), search(network.plain_step, [FIRST], plain, source=1))
    assert first_tokens(limited, temperature=1)[start] == 0


def test_a_prefix_begins_the_hypotheses_and_a_complete_text_is_scored(network, session) -> None:
    prefix = [[5, 3], [4, 0], [0, 0]]
    found = run(session, prefix=prefix, n_best=5)
    for number, given in enumerate(prefix):
        kept = tuple(token for token in given if token)
        hypotheses = listed(found, number)
        assert len(hypotheses) == 5
        for tokens, score in hypotheses:
            assert tokens[: len(kept)] == kept
            assert score == pytest.approx(
                score_hypothesis(network.plain_step, [FIRST], Options(), tokens).score, abs=1e-4
            )
    expect_free = listed(run(session, n_best=5))
    assert [tokens for tokens, _ in listed(found, 2)] == [tokens for tokens, _ in expect_free]
    given = (5, 3, 3, 6, END)
    expect_same(
        listed(run(session, prefix=[given], beam_size=1)),
        [score_hypothesis(network.plain_step, [FIRST], Options(), given)],
    )


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_sampled_tokens_have_the_frequencies_of_the_softmax(network, session, temperature: float) -> None:
    powers = np.exp(network.log_probs(()) / temperature)
    counts = first_tokens(session, temperature=temperature)
    assert abs(chi_square(counts, powers / powers.sum())) < 4


def test_the_tokens_of_a_sample_follow_from_one_another(network, session) -> None:
    count = 40_000
    hypotheses, _ = run(
        session,
        prefix=np.zeros((count, 0), np.int32),
        beam_size=1,
        max_length=2,
        temperature=1,
        seed=np.arange(count),
    )
    counts, expected = np.zeros((2, VOCABULARY, VOCABULARY))
    for pair, number in Counter(map(tuple, hypotheses[:, 0].tolist())).items():
        counts[pair] = number
    first = np.exp(network.log_probs(()))
    for token in range(END, VOCABULARY):
        after = np.eye(VOCABULARY)[0] if token == END else np.exp(network.log_probs((token,)))
        expected[token] = first[token] * after
    assert abs(chi_square(counts.ravel(), expected.ravel())) < 4


def test_the_samples_of_a_sentence_are_independent(network, session) -> None:
    probabilities = np.exp(network.log_probs(()))
    counts = first_tokens(session, 200, beam_size=100, n_best=100, temperature=1)
    assert abs(chi_square(counts, probabilities)) < 4
    # Two samples of each sentence, in descending order of their scores.
    empty = np.zeros((20_000, 0), np.int32)
    pairs, _ = run(
        session, prefix=empty, beam_size=2, n_best=2, max_length=1, temperature=1, seed=np.arange(20_000)
    )
    both = np.zeros((VOCABULARY, VOCABULARY))
    np.add.at(both, tuple(np.sort(pairs[:, :, 0], axis=1).T), 1)
    joint = np.outer(probabilities, probabilities)
    joint = np.triu(joint) + np.tril(joint, -1).T
    assert abs(chi_square(both.ravel(), joint.ravel())) < 4


def test_top_k_restricts_the_tokens(network, session) -> None:
    probabilities = np.exp(network.log_probs(()))
    order = np.argsort(-probabilities)
    for top_k in (1, 3, VOCABULARY, 50):
        kept = np.zeros(VOCABULARY)
        kept[order[:top_k]] = probabilities[order[:top_k]]
        counts = first_tokens(session, temperature=1, top_k=top_k)
        if top_k == 1:
            assert counts[order[0]] == counts.sum()
        else:
            assert abs(chi_square(counts, kept / kept.sum())) < 4


def test_top_p_restricts_the_tokens(network, session) -> None:
    probabilities = np.exp(network.log_probs(()))
    order = np.argsort(-probabilities)
    sums = np.cumsum(probabilities[order])
    for size in (1, 2, 4):
        kept = np.zeros(VOCABULARY)
        kept[order[:size]] = probabilities[order[:size]]
        # The fewest tokens that reach top_p. The last of them exceeds it.
        counts = first_tokens(
            session, temperature=1, top_p=sums[size - 1] - probabilities[order[size - 1]] / 2
        )
        assert (counts > 0).sum() == size
        assert size == 1 or abs(chi_square(counts, kept / kept.sum())) < 4


def test_top_p_counts_among_the_top_k(network, session) -> None:
    probabilities = np.exp(network.log_probs(()))
    order = np.argsort(-probabilities)
    share = probabilities[order[0]] / probabilities[order[:2]].sum()
    counts = first_tokens(session, temperature=1, top_k=2, top_p=share + 0.01)
    assert set(np.flatnonzero(counts)) == set(order[:2])
    counts = first_tokens(session, temperature=1, top_k=2, top_p=share - 0.01)
    assert set(np.flatnonzero(counts)) == {order[0]}


@pytest.mark.parametrize("seed", [0, 1, 17, -3, 2**62])
def test_a_sample_is_the_one_that_its_random_numbers_choose(network, session, seed: int) -> None:
    tokens: list[int] = []
    while len(tokens) < 6 and END not in tokens:
        probabilities = np.exp(network.log_probs(tokens))
        drawn = np.searchsorted(np.cumsum(probabilities), uniform(seed, len(tokens), 0), side="right")
        tokens.append(int(drawn))
    ((found, score),) = listed(run(session, beam_size=1, max_length=6, temperature=1, seed=[seed]))
    assert found == tuple(tokens)
    assert score == pytest.approx(network.score(tokens), abs=1e-4)


def test_equal_seeds_give_equal_samples(session) -> None:
    options = {"beam_size": 3, "n_best": 3, "max_length": 12, "temperature": 1.5}
    prefix = np.zeros((40, 0), np.int32)
    seeds = np.arange(40) % 20
    found = run(session, prefix=prefix, seed=seeds, **options)
    again = run(session, prefix=prefix, seed=seeds, **options)
    samples = [[tokens for tokens, _ in listed(found, number)] for number in range(40)]
    assert samples == [[tokens for tokens, _ in listed(again, number)] for number in range(40)]
    assert samples[:20] == samples[20:]
    assert len({str(each) for each in samples}) == 20
    for seed in (0, 7, 19):
        alone = run(session, seed=[seed], **options)
        assert [tokens for tokens, _ in listed(alone)] == samples[seed]
    shared = run(session, prefix=prefix[:3], seed=[7], **options)
    assert all([tokens for tokens, _ in listed(shared, number)] == samples[7] for number in range(3))


def test_rules_hold_for_samples(network, session) -> None:
    found = run(
        session,
        prefix=np.tile(np.array([[5, 3]], np.int32), (300, 1)),
        beam_size=2,
        n_best=2,
        min_length=5,
        max_length=6,
        no_repeat_ngram_size=1,
        temperature=2,
        seed=np.arange(300),
    )
    for number in range(300):
        hypotheses = listed(found, number)
        assert hypotheses
        for tokens, score in hypotheses:
            assert tokens[:2] == (5, 3)
            assert 5 <= len(tokens) <= 6
            assert len(set(tokens)) == len(tokens)
            assert score == pytest.approx(network.score(tokens), abs=1e-4)


def test_the_graph_has_standard_operators_and_two_outputs(network) -> None:
    model = build_search(network.stepper())
    assert {each.domain for each in model.opset_import} == {""}
    assert [value.name for value in model.graph.output] == ["hypotheses", "scores"]
    assert {value.name for value in model.graph.input} == set(DEFAULTS)
