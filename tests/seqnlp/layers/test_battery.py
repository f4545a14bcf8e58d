"""Every layer and every cell in the layer battery."""

import importlib.util
import inspect
import os
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import keras
import numpy as np
import pytest
from keras import ops

import seqnlp.layers
from seqnlp.layers.attention import Attention
from seqnlp.layers.auxiliary import AuxiliaryLanguageModel
from seqnlp.layers.cells import CELLS
from seqnlp.layers.characters import CharacterCNN, CharacterLSTM
from seqnlp.layers.crf import CRF
from seqnlp.layers.direction import Direction
from seqnlp.layers.encoder import Encoder, EncoderConfig
from seqnlp.layers.language_states import LanguageStates, LanguageStatesConfig
from seqnlp.layers.mask import sequence_mask
from seqnlp.layers.pooling import AttentionPooling, ConcatPooling, LastPooling, MaxPooling, MeanPooling
from seqnlp.layers.recurrent import Recurrent
from seqnlp.layers.tree_cells import TREE_CELLS
from seqnlp.layers.tree_recurrence import TreeRecurrence
from seqnlp.trees.binary import BinaryTree
from seqnlp.trees.levels import BLOCK, Forest, Levels
from seqnlp.types import Tensor
from tests.batteries.layer import OUTPUTS, Input, check_layer

BATCH, TIME, SIZE, UNITS, TAGS = 4, 7, 6, 5, 3
SIZES = {"tokens": 8, "batch": BATCH, "time": TIME, "target": 2, "distinct": 3, "width": 5}
RANDOM = np.random.default_rng(1)


def floats(*axes: str | int) -> Input:
    shape = [SIZES[axis] if isinstance(axis, str) else axis for axis in axes]
    return Input(RANDOM.uniform(-1, 1, shape).astype(np.float32), axes)


def ids(count: int, *axes: str) -> Input:
    return Input(RANDOM.integers(0, count, [SIZES[axis] for axis in axes]).astype(np.int32), axes)


LENGTHS = Input(np.array([7, 3, 1, 5], np.int32), ("batch",))
ROWS = {"inputs": floats("batch", "time", SIZE), "lengths": LENGTHS}
STEPS = {"inputs": floats("time", "batch", SIZE), "lengths": LENGTHS}
STATES = {"states": floats("time", "batch", SIZE), "lengths": LENGTHS}
CHARACTERS = np.array([[2, 3, 4, 0, 0], [5, 0, 0, 0, 0], [2, 3, 4, 5, 6]], np.int32)
WORDS = {"characters": Input(CHARACTERS, ("batch", "time"))}
SENTENCES = {
    "words": ids(9, "batch", "time"),
    "spellings": ids(3, "batch", "time"),
    "characters": Input(CHARACTERS, ("distinct", "width")),
    "lengths": LENGTHS,
}
TAGGED = {
    "emissions": floats("batch", "time", TAGS),
    "tags": ids(TAGS, "batch", "time"),
    "lengths": LENGTHS,
}
ATTENDED = {
    "queries": floats("target", "batch", SIZE),
    "memory": floats("batch", "time", SIZE),
    "lengths": LENGTHS,
}
HIDDEN = ("time", "batch", 2 * UNITS)
TOKENS = {
    "tokens": ids(9, "batch", "tokens"),
    "token_lengths": Input(np.array([8, 3, 5, 4], np.int32), ("batch",)),
    "tokens_after": ids(3, "batch", "time"),
    "tokens_before": ids(3, "batch", "time"),
}


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("cell", CELLS)
def test_recurrent(cell: str, bidirectional: bool) -> None:
    output = ("batch", "time", UNITS * (1 + bidirectional))
    check_layer(lambda: Recurrent(UNITS, cell, bidirectional), ROWS, output, nodes={cell.upper(): 1})


def test_recurrent_with_dropout_and_time_major() -> None:
    def make() -> Recurrent:
        return Recurrent(UNITS, recurrent_dropout=0.3, seed=1, time_major=True)

    check_layer(make, STEPS, HIDDEN, nodes={"LSTM": 1})


@pytest.mark.parametrize("cell", CELLS)
def test_final_states_of_recurrent(cell: str) -> None:
    def last(layer: Recurrent, inputs: Tensor, lengths: Tensor) -> Tensor:
        return layer.run(inputs, lengths)[1]

    output = (2, CELLS[cell].states, "batch", UNITS)
    check_layer(
        lambda: Recurrent(UNITS, cell), ROWS, output, call=last, build=[(None, None, SIZE)], export=False
    )


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("cell", CELLS)
def test_direction(cell: str, backwards: bool) -> None:
    def hidden(layer: Direction, inputs: Tensor, lengths: Tensor) -> Tensor:
        return layer(inputs, sequence_mask(inputs, lengths))[0]

    output = ("time", "batch", UNITS)
    check_layer(lambda: Direction(cell, UNITS, backwards), STEPS, output, call=hidden, export=False)


@pytest.mark.parametrize("part", [0, 1], ids=["contexts", "weights"])
@pytest.mark.parametrize("score", ["dot", "general", "concat"])
def test_attention(score: str, part: int) -> None:
    def attend(layer: Attention, queries: Tensor, memory: Tensor, lengths: Tensor) -> Tensor:
        mask = ops.transpose(sequence_mask(ops.transpose(memory, (1, 0, 2)), lengths), (1, 2, 0))
        return layer(queries, layer.project_keys(memory), memory, mask)[part]

    output = (("target", "batch", SIZE), ("batch", "target", "time"))[part]
    shapes = ((None, None, SIZE), (None, None, SIZE))
    check_layer(lambda: Attention(score, SIZE), ATTENDED, output, call=attend, build=shapes)


def test_last_pooling() -> None:
    check_layer(lambda: LastPooling(bidirectional=False), STATES, ("batch", SIZE))


def test_last_pooling_of_both_directions() -> None:
    check_layer(lambda: LastPooling(bidirectional=True), STATES, ("batch", SIZE))


def test_last_pooling_of_unequal_directions() -> None:
    check_layer(lambda: LastPooling(bidirectional=True, backward_size=1), STATES, ("batch", SIZE))


@pytest.mark.parametrize("bidirectional", [False, True])
def test_concat_pooling(bidirectional: bool) -> None:
    check_layer(lambda: ConcatPooling(bidirectional), STATES, ("batch", 3 * SIZE))


def test_max_pooling() -> None:
    check_layer(MaxPooling, STATES, ("batch", SIZE))


def test_mean_pooling() -> None:
    check_layer(MeanPooling, STATES, ("batch", SIZE))


def test_attention_pooling() -> None:
    check_layer(lambda: AttentionPooling(3), STATES, ("batch", SIZE))


def test_weights_of_attention_pooling() -> None:
    def weights(layer: AttentionPooling, states: Tensor, lengths: Tensor) -> Tensor:
        return layer.attention_weights(states, lengths)

    shapes = [(None, None, SIZE)]
    check_layer(lambda: AttentionPooling(3), STATES, ("time", "batch", 1), call=weights, build=shapes)


@pytest.mark.parametrize("widths", [(3,), (1,), (2, 5, 4)], ids=str)
def test_character_cnn(widths: tuple[int, ...]) -> None:
    check_layer(lambda: CharacterCNN(7, 4, 6, widths), WORDS, ("batch", 6))


def test_character_lstm() -> None:
    check_layer(lambda: CharacterLSTM(7, 4, 6), WORDS, ("batch", 6), nodes={"LSTM": 1})


def test_crf() -> None:
    def likelihood(layer: CRF, emissions: Tensor, tags: Tensor, lengths: Tensor) -> Tensor:
        return layer.log_likelihood(emissions, tags, lengths)

    legal = np.ones((TAGS, TAGS), bool), np.ones(TAGS, bool), np.ones(TAGS, bool)
    check_layer(lambda: CRF(*legal), TAGGED, (), call=likelihood, build=(), export=False)


@pytest.mark.parametrize("bidirectional", [False, True])
def test_auxiliary_language_model(bidirectional: bool) -> None:
    inputs = {**STATES, "words": Input(SENTENCES["words"].values, ("batch", "time"))}
    check_layer(lambda: AuxiliaryLanguageModel(9, bidirectional, 0.5, seed=1), inputs, (), export=False)


@pytest.mark.parametrize("features", [0, 2])
@pytest.mark.parametrize(
    ("cell", "characters", "nodes"),
    [
        ("lstm", "cnn", {"LSTM": 2}),
        ("gru", "lstm", {"GRU": 2, "LSTM": 1}),
        ("rnn", "none", {"RNN": 2}),
    ],
)
def test_encoder(cell: str, characters: str, nodes: dict[str, int], features: int) -> None:
    def encode(layer: Encoder, **inputs: Tensor) -> Tensor:
        return layer(inputs)

    config = EncoderConfig(9, 7, 4, characters, 3, 6, cell, 2, UNITS, True, 0.5, 0.25, features)
    check_layer(lambda: Encoder(config, seed=1), SENTENCES, HIDDEN, call=encode, build=(), nodes=nodes)


@pytest.mark.parametrize("cell", TREE_CELLS)
def test_tree_recurrence(cell: str, random_tree: Callable[[np.random.Generator, int], BinaryTree]) -> None:
    def states(layer: TreeRecurrence, embedded: Tensor, **links: Tensor) -> Tensor:
        return layer(layer.leaf_states(embedded), **links)

    trees = Forest.from_trees([random_tree(np.random.default_rng(2), count) for count in (5, 1, 9)])
    levels = Levels.from_forest(trees, np.arange(3), positions=20)
    inputs = {
        "embedded": floats(20, SIZE),
        "left": Input(levels.left, ("slots",)),
        "right": Input(levels.right, ("slots",)),
        "above": Input(levels.above, ("rows",)),
        "blocks": Input(np.array(levels.blocks, np.int32), ()),
    }

    def make() -> TreeRecurrence:
        return TreeRecurrence(UNITS, cell, BLOCK, seed=1)

    check_layer(make, inputs, ("rows", UNITS), call=states, build=[(None, SIZE)], export=False)


@pytest.mark.parametrize("cell", TREE_CELLS)
def test_one_node_of_tree_recurrence(cell: str) -> None:
    def join(layer: TreeRecurrence, left: Tensor, right: Tensor) -> Tensor:
        return layer.join(layer.leaf_states(left), layer.leaf_states(right))

    inputs = {"left": floats("batch", SIZE), "right": floats("batch", SIZE)}
    output = ("batch", UNITS * TREE_CELLS[cell].states)
    check_layer(lambda: TreeRecurrence(UNITS, cell, BLOCK), inputs, output, call=join, build=[(None, SIZE)])


def layer_classes() -> list[type[keras.layers.Layer]]:
    """Return every layer class of `seqnlp.layers`."""
    names = [f"seqnlp.layers.{module.name}" for module in iter_modules(seqnlp.layers.__path__)]
    classes = [each for name in names for each in vars(import_module(name)).values() if inspect.isclass(each)]
    return [each for each in set(classes) if issubclass(each, keras.layers.Layer)]


def test_every_layer_class_is_in_this_file() -> None:
    layers = {each.__name__ for each in layer_classes() if not issubclass(each, keras.Model)}
    assert layers <= globals().keys()


def test_layers_compute_the_same_on_jax(tmp_path: Path) -> None:
    if importlib.util.find_spec("jax") is None:
        pytest.skip("jax is not installed")
    for backend in ("tensorflow", "jax"):
        (tmp_path / backend).mkdir()
        environment = {**os.environ, "KERAS_BACKEND": backend, OUTPUTS: str(tmp_path / backend)}
        command = [sys.executable, "-m", "pytest", "-q", __file__, "-k", "not jax"]
        subprocess.run(command, env=environment, check=True)
    expected = sorted((tmp_path / "tensorflow").iterdir())
    assert expected
    for path in expected:
        np.testing.assert_allclose(np.load(tmp_path / "jax" / path.name), np.load(path), atol=1e-4)


@pytest.mark.parametrize("fine_tuned", [False, True])
@pytest.mark.parametrize(("direction", "chains"), [("forward", 1), ("backward", 1), ("both", 2)])
def test_language_states(direction: str, chains: int, fine_tuned: bool) -> None:
    def read(layer: LanguageStates, **inputs: Tensor) -> Tensor:
        return layer(inputs)

    config = LanguageStatesConfig(9, 4, [5, UNITS], "gru", direction)
    output = ("time", "batch", UNITS * chains)
    check_layer(
        lambda: LanguageStates(config, fine_tuned, 0.3, seed=1),
        TOKENS,
        output,
        call=read,
        build=(),
        nodes={"GRU": 2 * chains},
    )


@pytest.mark.parametrize(("layers", "size"), [(1, 2 * UNITS), (0, 4 + 2 * SIZE)])
def test_encoder_with_a_language_model(layers: int, size: int) -> None:
    def encode(layer: Encoder, **inputs: Tensor) -> Tensor:
        return layer(inputs)

    config = EncoderConfig(
        word_count=9,
        character_count=7,
        word_dimension=4,
        character_encoder="none",
        character_dimension=3,
        character_filters=6,
        cell="gru",
        layers=layers,
        units=UNITS,
        bidirectional=True,
        language_model=LanguageStatesConfig(9, 4, [SIZE], "lstm", "both"),
    )
    words = {name: SENTENCES[name] for name in ("words", "lengths")}
    nodes = {"LSTM": 2, **({"GRU": layers} if layers else {})}
    encoder = Encoder(config, seed=1)
    assert encoder.size == size
    output = ("time", "batch", size)
    check_layer(
        lambda: Encoder(config, seed=1), {**words, **TOKENS}, output, call=encode, build=(), nodes=nodes
    )
