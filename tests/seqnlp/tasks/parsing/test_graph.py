"""Parsers as files."""

from pathlib import Path

import numpy as np
import onnx
import pytest

from seqnlp.export.parity import ParityError
from seqnlp.layers.compositions import COMPOSITIONS
from seqnlp.tasks.parsing.building import build_network
from seqnlp.tasks.parsing.codec import ParserCodec
from seqnlp.tasks.parsing.constituents import Constituents
from seqnlp.tasks.parsing.decoding import DECODERS
from seqnlp.tasks.parsing.graph import export_parser
from seqnlp.tasks.parsing.merging_graph import MergingGraph
from seqnlp.tasks.parsing.model import Parser
from seqnlp.tasks.parsing.network import ParsingNetwork
from seqnlp.tasks.parsing.settings import NetworkSettings
from seqnlp.text.vocabulary import WordForm
from seqnlp.trees.brackets import parsed

TREES = (
    "(S (NP (DT The) (NN cat)) (VP (VBZ sleeps)))",
    "(S (VP (VB Sleep)))",
    "(S (NP (PRP She)) (VP (VBD saw) (NP (NP (DT a) (NN man)) (PP (IN with) (NP (DT a) (NN hat))))))",
)
SENTENCES = [Constituents.of(parsed([(1, text)])) for text in TREES]
METADATA = {"spec": {"tokenizer": {"name": "words"}}}


SMALL = NetworkSettings(units=5, span_units=6, word_dimension=4, character_filters=4)
KINDS = {
    **{cell: {"cell": cell} for cell in ("lstm", "gru", "rnn")},
    **{f"greedy {each}": {"search": "greedy", "composition": each} for each in COMPOSITIONS},
}


@pytest.fixture(params=KINDS)
def network(request: pytest.FixtureRequest) -> tuple[ParsingNetwork, ParserCodec]:
    codec = ParserCodec.learn(SENTENCES, WordForm(lower=True), longest=6)
    settings = SMALL.model_copy(update=KINDS[request.param])
    network = build_network(codec, settings, seed=3)
    random = np.random.default_rng(3)
    for weight in network.weights:
        weight.assign(random.normal(0, 0.5, weight.shape))
    return network, codec


def test_the_file_computes_what_the_network_does(
    network: tuple[ParsingNetwork, ParserCodec], tmp_path: Path
) -> None:
    path = tmp_path / "model.onnx"
    sentences = [sentence.words for sentence in SENTENCES]
    export_parser(*network, path, METADATA, sentences)
    graph = onnx.load(path).graph
    kinds = [node.op_type for node in graph.node]
    assert sum(kinds.count(kind) for kind in ("LSTM", "GRU", "RNN")) == 2
    assert kinds.count("Loop") == (network[0].search == "greedy")
    assert {each.name for each in graph.output} == set(DECODERS[network[0].search].outputs)

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
    true, scores = parsing.predict_on_batch, DECODERS[parsing.search].outputs[-1]
    monkeypatch.setattr(
        parsing, "predict_on_batch", lambda inputs: {**true(inputs), scores: true(inputs)[scores] + 0.1}
    )
    with pytest.raises(ParityError, match=r"a score differs by \d"):
        export_parser(parsing, codec, tmp_path / "model.onnx", METADATA, [SENTENCES[0].words])
    assert not list(tmp_path.iterdir())


def test_of_two_merges_that_score_alike_either_may_come_first() -> None:
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
    assert graph.differences(found, other, lengths) == (0, 0.0)
    other["scores"] = np.array([[0.75, 0.5, 2.0]], np.float32)
    assert graph.differences(found, other, lengths) == (0, 0.25)
    assert graph.differences(found, {**found, "labels": found["labels"][:, ::-1]}, lengths) == (6, 0.0)
