"""Exported language models: scores, states and continuations equal those of the network."""

from itertools import product
from typing import Any

import numpy as np
import onnxruntime
import pytest

from seqnlp.data.language_codec import END
from seqnlp.tasks.language_modelling.graph import convert_network
from tests.seqnlp.tasks.language_modelling.test_network import VOCABULARY, make_network

PROMPTS = np.array([[END, 5, 6, 7], [END, 9, 0, 0], [END, 0, 0, 0]], np.int32)
LENGTHS = np.array([4, 2, 1], np.int32)


def open_graph(network: Any) -> Any:
    model = convert_network(network)
    kinds = [node.op_type for node in model.graph.node]
    assert kinds.count(network.arguments["cell"].upper()) == network.arguments["layers"]
    return onnxruntime.InferenceSession(model.SerializeToString())


def run(session: Any, **inputs: Any) -> dict[str, np.ndarray]:
    given = {
        "prompt": PROMPTS,
        "lengths": LENGTHS,
        "max_length": np.array(1, np.int64),
        "length_penalty": np.array(0, np.float32),
        **inputs,
    }
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(None, given), strict=True))


@pytest.mark.parametrize("tied", [False, True])
@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_prompts_are_scored_as_by_the_network(cell: str, tied: bool) -> None:
    network = make_network(cell=cell, tied=tied)
    found = run(open_graph(network))["prompt_log_probs"]
    for row, (prompt, length) in enumerate(zip(PROMPTS, LENGTHS, strict=True)):
        expected = network.log_probabilities(prompt[None, :length]) if length > 1 else np.zeros((1, 0))
        np.testing.assert_allclose(found[row, 1:length], expected[0], atol=1e-5)
        assert not found[row, 0]
        assert not found[row, length:].any()


def test_reading_continues_from_a_state() -> None:
    session = open_graph(make_network())
    whole = run(session)
    first = run(session, prompt=PROMPTS[:, :3], lengths=np.minimum(LENGTHS, 3))
    # The second row has ended: it reads its last token again.
    prompt = np.array([[6, 7], [9, 0], [END, 0]], np.int32)
    states = {name.replace("state", "start"): first[name] for name in ("state_0", "state_1")}
    second = run(session, prompt=prompt, lengths=np.array([2, 1, 1], np.int32), **states)
    np.testing.assert_allclose(second["prompt_log_probs"][0, 1], whole["prompt_log_probs"][0, 3], atol=1e-5)
    for name in ("state_0", "state_1"):
        np.testing.assert_allclose(second[name], whole[name], atol=1e-5)


def test_a_wide_beam_finds_the_most_probable_continuation() -> None:
    """The reference scores every continuation of three tokens and every shorter one that ends."""
    network = make_network(vocabulary=6)
    prompt = np.array([[END, 5, 3, 4]], np.int32)
    best, score = None, -np.inf
    for tokens in product(range(2, 6), repeat=3):
        length = tokens.index(END) + 1 if END in tokens else 3
        states = network.zero_states(1)
        total, row = 0.0, [*prompt[0], *tokens[:length]]
        for place, number in enumerate(row[:-1]):
            logits, states = network.step(np.array([number], np.int32), states)
            if place >= 3:
                values = np.asarray(logits)[0].astype(np.float64)
                total += values[row[place + 1]] - np.log(np.exp(values - values.max()).sum()) - values.max()
        if total > score:
            best, score = tokens[:length], total
    found = run(
        open_graph(network),
        prompt=prompt,
        lengths=np.array([4], np.int32),
        max_length=np.array(3, np.int64),
        beam_size=np.array(64, np.int64),
    )
    assert [number for number in found["hypotheses"][0, 0].tolist() if number] == list(best or ())
    assert found["scores"][0, 0] == pytest.approx(score, abs=1e-5)


def test_samples_follow_the_distribution_of_the_network() -> None:
    """5,000 samples of the first token after a prompt; the bound is five standard deviations."""
    network, count = make_network(), 5000
    prompt = np.array([[END, 5, 6]], np.int32)
    states = network.zero_states(1)
    for number in prompt[0]:
        logits, states = network.step(np.array([number], np.int32), states)
    values = np.exp(np.asarray(logits)[0].astype(np.float64))
    expected = values / values.sum()
    found = run(
        open_graph(network),
        prompt=np.repeat(prompt, count, axis=0),
        lengths=np.full(count, 3, np.int32),
        beam_size=np.array(1, np.int64),
        temperature=np.array(1, np.float32),
        seed=np.arange(count),
    )["hypotheses"][:, 0, 0]
    shares = np.bincount(found, minlength=VOCABULARY) / count
    assert (np.abs(shares - expected) < 5 * np.sqrt(expected * (1 - expected) / count) + 1e-6).all()
