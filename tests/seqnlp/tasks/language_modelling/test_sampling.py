"""Samples of an exported graph are those of a plain loop over the network with the same random numbers."""

from functools import cache
from itertools import product
from typing import Any

import numpy as np
import pytest

from benchmarks.plain_sampling import Draw, sample
from seqnlp.data.language_codec import END
from seqnlp.tasks.language_modelling.generation import GenerationOptions
from seqnlp.tasks.language_modelling.sampling import sample_windows
from seqnlp.tasks.language_modelling.stopping import Stopping
from tests.seqnlp.tasks.language_modelling.test_graph import open_graph
from tests.seqnlp.tasks.language_modelling.test_network import VOCABULARY, make_network

LENGTH = 9
PROMPTS = [[END, 5, 6, 7], [END], [END, 9, 3], [END, 4], [END, 10, 10, 3, 8]]
DRAWS = [
    Draw(),
    Draw(0.5),
    Draw(1.7),
    Draw(1.2, top_k=3),
    Draw(1.5, top_p=0.7),
    Draw(2.0, top_k=6, top_p=0.8),
]


@cache
def network(cell: str = "lstm", tied: bool = False) -> Any:
    return make_network(cell=cell, tied=tied)


@cache
def session(cell: str = "lstm", tied: bool = False) -> Any:
    return open_graph(network(cell, tied))


def step(found: Any, token: int, states: Any) -> tuple[np.ndarray, Any]:
    logits, after = found.step(np.array([token], np.int32), states)
    return np.asarray(logits)[0], after


def expected(prompt: list[int], draw: Draw, seed: int, number: int, **kind: Any) -> tuple[list[int], float]:
    found = network(**kind)
    states: Any = found.zero_states(1)
    for token in prompt[:-1]:
        _, states = step(found, token, states)
    return sample(lambda *each: step(found, *each), states, prompt[-1], draw, seed, number, LENGTH, END)


def pad(prompts: list[list[int]]) -> dict[str, np.ndarray]:
    width = max(map(len, prompts))
    return {
        "prompt": np.array([[*each, *[0] * (width - len(each))] for each in prompts], np.int32),
        "lengths": np.array([len(each) for each in prompts], np.int32),
    }


def run(
    draw: Draw, prompts: list[list[int]], seed: int, samples: int = 1, **kind: Any
) -> tuple[Any, Any, Any]:
    return tuple(
        session(**kind).run(
            ["hypotheses", "scores", "sample_number"],
            {
                **pad(prompts),
                "beam_size": np.array(samples),
                "n_best": np.array(samples),
                "max_length": np.array(LENGTH),
                "length_penalty": np.array(0, np.float32),
                "temperature": np.array(draw.temperature, np.float32),
                "top_k": np.array(draw.top_k),
                "top_p": np.array(draw.top_p, np.float32),
                "seed": np.array([seed]),
            },
        )
    )


def strip(row: np.ndarray) -> list[int]:
    return [number for number in row.tolist() if number]


@pytest.mark.parametrize("prompts", [PROMPTS[:1], PROMPTS], ids=["one", "several"])
@pytest.mark.parametrize("draw", DRAWS, ids=str)
def test_samples_are_those_of_a_plain_loop(draw: Draw, prompts: list[list[int]]) -> None:
    for seed in (0, 5):
        ids, scores, numbers = run(draw, prompts, seed, samples=3)
        assert (np.diff(scores, axis=1) <= 0).all()
        for row, prompt in enumerate(prompts):
            assert sorted(numbers[row].tolist()) == [0, 1, 2]
            for place, number in enumerate(numbers[row].tolist()):
                tokens, score = expected(prompt, draw, seed, number)
                assert strip(ids[row, place]) == tokens
                assert scores[row, place] == pytest.approx(score, abs=1e-4)


@pytest.mark.parametrize("kind", [("gru", False), ("rnn", True), ("lstm", True)])
def test_samples_of_other_networks(kind: tuple[str, bool]) -> None:
    named = dict(zip(("cell", "tied"), kind, strict=True))
    ids, scores, _ = run(Draw(), PROMPTS, seed=2, **named)
    for row, prompt in enumerate(PROMPTS):
        tokens, score = expected(prompt, Draw(), 2, 0, **named)
        assert strip(ids[row, 0]) == tokens
        assert scores[row, 0] == pytest.approx(score, abs=1e-4)


def test_a_sample_does_not_depend_on_other_prompts() -> None:
    together, *_ = run(Draw(), PROMPTS, seed=3, samples=2)
    for row, prompt in enumerate(PROMPTS):
        alone, *_ = run(Draw(), [prompt], seed=3, samples=2)
        for one, other in zip(together[row], alone[0], strict=True):
            assert strip(one) == strip(other)


@pytest.mark.parametrize("size", [1, 2, 5, 100])
def test_windows_continue_one_another(size: int) -> None:
    """Together, windows have the tokens of one call, also where complete samples leave."""
    options = GenerationOptions(length=LENGTH, temperature=1.0, n_best=4, seed=1)
    stopping = Stopping.at_end(VOCABULARY, END)

    def compute(names: Any, inputs: Any) -> Any:
        return session().run(list(names), inputs)

    found: dict[tuple[int, int], list[int]] = {}
    windows = list(sample_windows(compute, pad(PROMPTS), options, stopping, [0] * len(PROMPTS), 2, size))
    for window in windows:
        assert window.ids.shape[1] <= size
        rows = zip(window.prompts.tolist(), window.samples.tolist(), window.ids, strict=True)
        for prompt, number, ids in rows:
            found[prompt, number] = found.get((prompt, number), []) + strip(ids)
    assert len(windows[-1].prompts) < len(windows[0].prompts)
    for (prompt, number), tokens in found.items():
        assert tokens == expected(PROMPTS[prompt], Draw(), 1, number)[0]


def stop_at(*tokens: int, vocabulary: int = VOCABULARY) -> Stopping:
    """Return an automaton that ends at some tokens."""
    table = np.array([[0] * vocabulary, [1] * vocabulary], np.int32)
    table[0, list(tokens)] = 1
    return Stopping(table, np.zeros(2, np.int64))


def test_a_sample_ends_at_a_stop() -> None:
    free, *_ = run(Draw(), PROMPTS, seed=4, samples=3)
    token = int(free[0, 0, 1])
    stopping = stop_at(END, token)
    options = GenerationOptions(length=LENGTH, temperature=1.0, n_best=3, seed=4)
    given = {**pad(PROMPTS), **options.inputs(), **stopping.inputs([0] * len(PROMPTS))}
    names = ["hypotheses", "sample_number", "stop_state_after"]
    ids, numbers, states = session().run(names, given)
    for row, prompt in enumerate(PROMPTS):
        for place, number in enumerate(numbers[row].tolist()):
            tokens, _ = expected(prompt, Draw(), 4, number)
            cut = tokens[: tokens.index(token) + 1] if token in tokens else tokens
            assert strip(ids[row, place]) == cut
            assert states[row, place] == int(cut[-1] in (END, token))


def test_a_beam_ends_at_a_stop() -> None:
    """The reference scores every text of three tokens and every shorter one that ends."""
    found, prompt = make_network(vocabulary=6), [END, 5, 3, 4]
    ends = {END, 4}
    scores: dict[tuple[int, ...], float] = {}
    for tokens in product(range(2, 6), repeat=3):
        length = next((place + 1 for place, token in enumerate(tokens) if token in ends), 3)
        states, total = found.zero_states(1), 0.0
        row = [*prompt, *tokens[:length]]
        for place, token in enumerate(row[:-1]):
            logits, states = step(found, token, states)
            if place >= len(prompt) - 1:
                total += float(logits[row[place + 1]] - np.log(np.exp(logits.astype(np.float64)).sum()))
        scores[tokens[:length]] = total
    options = GenerationOptions(length=3, temperature=0, beam_size=64, n_best=20)
    inputs = {**pad([prompt]), **options.inputs(), **stop_at(*ends, vocabulary=6).inputs([0])}
    inputs["length_penalty"] = np.array(0, np.float32)
    ids, values = open_graph(found).run(["hypotheses", "scores"], inputs)
    best = sorted(scores, key=lambda tokens: -scores[tokens])[:20]
    assert [tuple(strip(row)) for row in ids[0]] == best
    assert values[0].tolist() == pytest.approx([scores[tokens] for tokens in best], abs=1e-4)
