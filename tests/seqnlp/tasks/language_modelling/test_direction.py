"""Language models that read backward, or in both directions."""

from collections import Counter
from pathlib import Path
from typing import Any

import keras
import numpy as np
import onnxruntime
import pytest
from keras import ops

import seqnlp
from seqnlp.data.language_codec import END
from seqnlp.errors import ConfigError
from seqnlp.tasks.language_modelling import model as module
from seqnlp.tasks.language_modelling.graph import convert_network
from seqnlp.tasks.language_modelling.network import LanguageNetwork
from seqnlp.tasks.language_modelling.streams import EncodedDocuments, StreamBatches
from seqnlp.training import loop
from seqnlp.training.networks import load_network
from tests.seqnlp.tasks.language_modelling.conftest import LINES, SETTINGS
from tests.seqnlp.tasks.language_modelling.test_network import draw_ids, make_network

PROMPTS = np.array([[END, 5, 6, 7], [END, 9, 0, 0], [END, 0, 0, 0]], np.int32)
LENGTHS = np.array([4, 2, 1], np.int32)
TEXTS = ["the cat sat on the mat", "a", "", "the mat is red and the cat is on it"]


def reversed_twin(network: LanguageNetwork) -> LanguageNetwork:
    """Return a forward network with the weights of the backward chain of a network."""
    twin = make_network(cell=network.arguments["cell"], tied=network.arguments["tied"])
    for name in ("input_table", "output_table", "output_bias"):
        getattr(twin, name).assign(getattr(network, name))
    for ours, theirs in zip(twin.recurrent, network.chains["backward"], strict=True):
        ours.set_weights(theirs.get_weights())
    return twin


@pytest.mark.parametrize("direction", ["backward", "both"])
@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_backward_is_forward_on_reversed_ids(
    cell: str, direction: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    network, ids = make_network(cell=cell, direction=direction), draw_ids(2, 11)
    expected = reversed_twin(network).log_probabilities(ids[:, ::-1])[:, ::-1]
    monkeypatch.setattr("seqnlp.tasks.language_modelling.network._WINDOW", 4)
    np.testing.assert_allclose(network.log_probabilities(ids, "backward"), expected, atol=1e-5)


@pytest.mark.parametrize("direction", ["forward", "backward"])
@pytest.mark.parametrize("window", [4, 256])
def test_padding_does_not_change_log_probabilities(
    direction: str, window: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    network, ids, lengths = make_network(direction="both"), draw_ids(3, 11), np.array([11, 2, 7], np.int32)
    monkeypatch.setattr("seqnlp.tasks.language_modelling.network._WINDOW", window)
    found = network.log_probabilities(ids, direction, lengths)
    for row, length, values in zip(ids, lengths, found, strict=True):
        expected = network.log_probabilities(row[None, :length], direction)[0]
        np.testing.assert_allclose(values[: length - 1], expected, atol=1e-5)


def test_both_directions_share_embeddings_and_output_weights() -> None:
    network = make_network(direction="both")
    names = Counter(weight.name for weight in network.trainable_variables)
    layers = {"kernel": 4, "recurrent_kernel": 4, "bias": 4}
    assert names == {"input_table": 1, "output_table": 1, "output_bias": 1, **layers}


def test_the_loss_of_both_directions_is_the_mean() -> None:
    network, ids = make_network(direction="both"), draw_ids(3, 8)
    other = ids[:, ::-1].copy()
    inputs = {"ids": ids[:, :-1], "backward_ids": other[:, 1:], "starts": np.ones(3, np.int32)}
    gold = {"next": ops.convert_to_tensor(ids[:, 1:]), "previous": ops.convert_to_tensor(other[:, :-1])}
    loss = network.gold_loss(inputs, network(inputs), gold, training=True)
    losses = [-network.log_probabilities(*each).mean() for each in ((ids, "forward"), (other, "backward"))]
    np.testing.assert_allclose(float(loss), np.mean(losses), rtol=1e-5)


@pytest.mark.parametrize("direction", ["forward", "backward", "both"])
def test_each_batch_continues_the_one_before_in_each_direction(direction: str) -> None:
    encoded = EncodedDocuments(np.arange(100, dtype=np.int32), np.array([100]))
    batches = StreamBatches.for_size(encoded, 3, 8, seed=5, direction=direction)
    found = list(batches.batches(1))
    ahead = [inputs["ids"] for inputs, _ in found if direction != "backward"]
    back = (
        [inputs["ids" if direction == "backward" else "backward_ids"] for inputs, _ in found]
        if direction != "forward"
        else []
    )
    for inputs, targets in found:
        pair = tuple(targets.values()) if direction == "both" else (targets,)
        names = ["ids", "backward_ids"][: len(pair)]
        for name, target in zip(names, pair, strict=True):
            shift = -1 if (direction, name) in (("backward", "ids"), ("both", "backward_ids")) else 1
            assert ((inputs[name] + shift) % 100 == target).all()
    if ahead:
        assert (np.diff(np.concatenate(ahead, axis=1), axis=1) % 100 == 1).all()
    if back:
        assert (np.diff(np.concatenate(back[::-1], axis=1), axis=1) % 100 == 1).all()


def test_training_carries_states_of_both_directions() -> None:
    network, ids = make_network(direction="both"), draw_ids(3, 8)
    starts = np.ones(3, np.int32)
    found = network({"ids": ids, "backward_ids": ids, "starts": starts})
    whole = [np.asarray(found[name]) for name in ("next", "previous")]
    network({"ids": ids[:, :5], "backward_ids": ids[:, 5:], "starts": starts}, training=True)
    inputs = {"ids": ids[:, 5:], "backward_ids": ids[:, :5], "starts": np.zeros(3, np.int32)}
    found = network(inputs, training=True)
    ahead, back = (np.asarray(found[name]) for name in ("next", "previous"))
    np.testing.assert_allclose(ahead, whole[0][5:], atol=1e-5)
    np.testing.assert_allclose(back, whole[1][:5], atol=1e-5)


@pytest.mark.parametrize("direction", ["backward", "both"])
@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_exported_scores_equal_those_of_the_network(cell: str, direction: str) -> None:
    """There is one recurrent node per layer and direction."""
    network = make_network(cell=cell, direction=direction)
    model = convert_network(network)
    nodes = [node for node in model.graph.node if node.op_type == cell.upper()]
    assert len(nodes) == 2 * len(network.directions)
    session = onnxruntime.InferenceSession(model.SerializeToString())
    search = {"max_length": np.array(1, np.int64)} if direction == "both" else {}
    inputs = {"prompt": PROMPTS, "lengths": LENGTHS, **search}
    (found,) = session.run(["backward_log_probs"], inputs)
    for row, (prompt, length) in enumerate(zip(PROMPTS, LENGTHS, strict=True)):
        if length > 1:
            expected = network.log_probabilities(prompt[None, :length], "backward")[0]
            np.testing.assert_allclose(found[row, : length - 1], expected, atol=1e-5)
        assert not found[row, length - 1 :].any()


def train(output: Path, direction: str, **options: Any) -> "seqnlp.Run[seqnlp.LanguageModel]":
    return seqnlp.train(
        "language-model",
        train=LINES,
        dev=LINES[:3],
        settings={**SETTINGS, "network.direction": direction},
        output=output,
        quiet=True,
        **{"epochs": 2, **options},
    )


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, "seqnlp.Run[seqnlp.LanguageModel]"]:
    folder = tmp_path_factory.mktemp("directions")
    return {direction: train(folder / direction, direction) for direction in ("backward", "both")}


def test_a_backward_model_scores_texts_from_their_ends(
    runs: dict[str, "seqnlp.Run[seqnlp.LanguageModel]"], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = runs["backward"]
    network = load_network(run.path / "model.keras")
    monkeypatch.setattr(module, "_WINDOW", 5)  # long texts are read window by window
    for text, found in zip(TEXTS, run.model.score(TEXTS), strict=True):
        ids = [END, *run.model.codec.encode(text), END]
        expected = network.log_probabilities(np.array([ids], np.int32))[0]
        assert found.log_probs == pytest.approx(expected.tolist(), abs=1e-4)
        assert found.tokens == ("", *text)
    scores = seqnlp.evaluate(run.model, LINES[:3])
    assert scores.to_dict() == run.metrics["dev"]


def test_a_backward_model_does_not_generate(runs: dict[str, "seqnlp.Run[seqnlp.LanguageModel]"]) -> None:
    with pytest.raises(ConfigError, match="reads texts backward, so it cannot continue them; --score"):
        runs["backward"].model("the cat")


def test_a_model_of_both_directions_continues_and_scores_forward(
    runs: dict[str, "seqnlp.Run[seqnlp.LanguageModel]"],
) -> None:
    run = runs["both"]
    assert run.model("the cat").text is not None
    network = load_network(run.path / "model.keras")
    (found,) = run.model.score(["the cat"])
    ids = np.array([[END, *run.model.codec.encode("the cat"), END]], np.int32)
    assert found.log_probs == pytest.approx(network.log_probabilities(ids)[0].tolist(), abs=1e-4)
    dev = run.history[0]["dev"]
    both = [dev[f"{direction}_nats_per_token"] for direction in ("forward", "backward")]
    assert dev["nats_per_token"] == pytest.approx(np.mean(both))


@pytest.mark.parametrize("direction", ["backward", "both"])
def test_a_killed_run_resumes_to_the_same_weights(
    direction: str,
    runs: dict[str, "seqnlp.Run[seqnlp.LanguageModel]"],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    steps = loop._Steps.on_train_batch_end

    def interrupt(callback: loop._Steps, batch: int, logs: object = None) -> None:
        steps(callback, batch, logs)
        if callback.epoch == 1 and batch == 2:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(loop._Steps, "on_train_batch_end", interrupt)
        with pytest.raises(KeyboardInterrupt):
            train(tmp_path / "run", direction)
    resumed = seqnlp.train("language-model", output=tmp_path / "run", resume=True, quiet=True)
    networks = [load_network(run.path / "model.keras") for run in (runs[direction], resumed)]
    for one, other in zip(networks[0].weights, networks[1].weights, strict=True):
        np.testing.assert_array_equal(np.asarray(one), np.asarray(other))


def test_an_unknown_direction_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="direction"):
        train(tmp_path / "run", "sideways")


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_a_backward_layer_computes_the_same_as_keras(cell: str) -> None:
    from seqnlp.layers.recurrent import Recurrent

    ours = Recurrent(6, cell, bidirectional=False, backwards=True)
    theirs = {"lstm": keras.layers.LSTM, "gru": keras.layers.GRU, "rnn": keras.layers.SimpleRNN}[cell](
        6, return_sequences=True, go_backwards=True
    )
    inputs = np.random.default_rng(1).normal(size=(2, 5, 3)).astype(np.float32)
    theirs.build(inputs.shape)
    ours.build(inputs.shape)
    ours.set_weights(theirs.get_weights())
    expected = np.asarray(theirs(inputs))[:, ::-1]
    np.testing.assert_allclose(np.asarray(ours(inputs, np.array([5, 5]))), expected, atol=1e-5)
