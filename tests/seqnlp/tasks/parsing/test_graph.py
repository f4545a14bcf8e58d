"""Parsers as model files."""

from pathlib import Path

import numpy as np
import onnx
import pytest

from seqnlp.data.batching import Batch
from seqnlp.export.parity import Difference, ParityError
from seqnlp.layers.tree_cells import TREE_CELLS
from seqnlp.tasks.export import write_network
from seqnlp.tasks.parsing.building import build_network
from seqnlp.tasks.parsing.codec import ParserCodec
from seqnlp.tasks.parsing.decoding import find_decoder
from seqnlp.tasks.parsing.merging_graph import MergingGraph
from seqnlp.tasks.parsing.merging_network import MergingNetwork
from seqnlp.tasks.parsing.model import Parser
from seqnlp.tasks.parsing.network import ParsingNetwork
from seqnlp.tasks.parsing.settings import NetworkSettings
from seqnlp.tasks.parsing.task import ParserTask
from seqnlp.tasks.prepared import Prepared, Split
from seqnlp.text.vocabulary import WordForm
from seqnlp.trees.brackets import parse_tree
from seqnlp.trees.constituents import Constituents
from seqnlp.types import Arrays

TREES = (
    "(S (NP (DT The) (NN cat)) (VP (VBZ sleeps)))",
    "(S (VP (VB Sleep)))",
    "(S (NP (PRP She)) (VP (VBD saw) (NP (NP (DT a) (NN man)) (PP (IN with) (NP (DT a) (NN hat))))))",
)
SENTENCES = [Constituents.from_tree(parse_tree([(1, text)])) for text in TREES]
TASK = ParserTask()

SMALL = NetworkSettings(units=5, span_units=6, word_dimension=4, character_filters=4)
KINDS = {
    **{cell: {"cell": cell} for cell in ("lstm", "gru", "rnn")},
    **{f"greedy {each}": {"search": "greedy", "composition": each} for each in TREE_CELLS},
}


def write(network: ParsingNetwork, codec: ParserCodec, path: Path, dev: list[Constituents]) -> None:
    encoded = TASK.encode(codec, dev)
    prepared = Prepared(codec, encoded, {"dev": Split(encoded, dev)}, {}, {}, {}, {})
    write_network(TASK, [network], prepared, path, {})


@pytest.fixture(params=KINDS)
def network(request: pytest.FixtureRequest) -> tuple[ParsingNetwork, ParserCodec]:
    codec = ParserCodec.learn(SENTENCES, WordForm(lower=True), max_length=9)
    settings = SMALL.model_copy(update=KINDS[request.param])
    network = build_network(codec, settings, seed=3)
    random = np.random.default_rng(3)
    for weight in network.weights:
        weight.assign(random.normal(0, 0.5, weight.shape))
    return network, codec


def test_the_file_computes_what_the_network_computes(
    network: tuple[ParsingNetwork, ParserCodec], tmp_path: Path
) -> None:
    path = tmp_path / "model.onnx"
    write(*network, path, SENTENCES)
    graph = onnx.load(path).graph
    kinds = [node.op_type for node in graph.node]
    assert sum(kinds.count(kind) for kind in ("LSTM", "GRU", "RNN")) == 2
    assert kinds.count("Loop") == isinstance(network[0], MergingNetwork)
    sentences = [sentence.words for sentence in SENTENCES]
    inputs = TASK.encode(network[1], SENTENCES).words.batch(Batch(np.arange(3), count=3, length=9))
    assert {each.name for each in graph.output} == TASK.compute(network[0], inputs).keys()

    parser = Parser.load(path)
    together = parser.parse(sentences)
    alone = [parser.parse([words])[0] for words in sentences]
    for words, (found, score), (same, equal) in zip(sentences, together, alone, strict=True):
        assert found == same
        assert found.words == tuple(words)
        assert score == pytest.approx(equal, abs=1e-5)


@pytest.mark.parametrize("network", ["lstm", "greedy rnn"], indirect=True)
def test_a_file_that_differs_is_not_written(
    network: tuple[ParsingNetwork, ParserCodec], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsing, codec = network
    compute = parsing.predict_on_batch

    def compute_wrong_scores(inputs: Arrays) -> Arrays:
        outputs = compute(inputs)
        scores = find_decoder(outputs).outputs[-1]
        return {**outputs, scores: outputs[scores] + 0.1}

    monkeypatch.setattr(parsing, "predict_on_batch", compute_wrong_scores)
    with pytest.raises(ParityError, match=r"a score differs by \d"):
        write(parsing, codec, tmp_path / "model.onnx", SENTENCES[:1])
    assert not list(tmp_path.iterdir())


def test_either_of_two_merges_with_equal_scores_may_come_first() -> None:
    found = {
        "tags": np.zeros((1, 4), np.int32),
        "labels": np.arange(7)[None],
        "starts": np.array([[0, 2, 0]]),
        "ends": np.array([[2, 4, 4]]),
        "scores": np.array([[0.5, 0.5, 2.0]], np.float32),
    }
    other = {
        **found,
        "labels": np.array([[0, 1, 2, 3, 5, 4, 6]]),
        "starts": np.array([[2, 0, 0]]),
        "ends": np.array([[4, 2, 4]]),
    }
    graph, lengths = MergingGraph(), np.array([4])
    assert graph.compare(found, other, lengths) == Difference(0, 0.0, 4)
    other["scores"] = np.array([[0.75, 0.5, 2.0]], np.float32)
    assert graph.compare(found, other, lengths) == Difference(0, 0.25, 4)
    reversed_labels = {**found, "labels": found["labels"][:, ::-1]}
    assert graph.compare(found, reversed_labels, lengths) == Difference(6, 0.0, 7)
