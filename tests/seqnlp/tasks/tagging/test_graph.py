"""Exported taggers: their graphs, and parity with their networks."""

from collections import Counter
from pathlib import Path

import numpy as np
import onnx
import pytest

from seqnlp import DataError
from seqnlp.corpora import load
from seqnlp.data.batching import Batch
from seqnlp.export.parity import ParityError
from seqnlp.records import TaggedSentence
from seqnlp.tasks.export import write_network
from seqnlp.tasks.prepared import Prepared, Split
from seqnlp.tasks.tagging.building import build_network
from seqnlp.tasks.tagging.codec import TaggingCodec
from seqnlp.tasks.tagging.decoding import decode
from seqnlp.tasks.tagging.model import Tagger
from seqnlp.tasks.tagging.settings import NetworkSettings
from seqnlp.tasks.tagging.task import TaggerTask
from seqnlp.text.schemes import convert
from seqnlp.text.vocabulary import WordForm

RECURRENT = ("LSTM", "GRU", "RNN")


@pytest.fixture(scope="module")
def examples() -> list[TaggedSentence]:
    return list(load("sample/ner").dev[:60])


@pytest.fixture(scope="module")
def sentences(examples) -> list[tuple[str, ...]]:
    return [sentence.words for sentence in examples]


@pytest.fixture(scope="module")
def codec() -> TaggingCodec:
    train = load("sample/ner").train[:200]
    pairs = [(sentence.words, convert(sentence.tags, "bio", "iobes")) for sentence in train]
    return TaggingCodec.learn(pairs, "iobes", WordForm(lower=True, digits=True))


@pytest.fixture(scope="module")
def prepared(codec, examples) -> Prepared[TaggedSentence, TaggingCodec]:
    encoded = TaggerTask().encode(codec, examples)
    return Prepared(
        codec=codec,
        train=encoded,
        held_out={"dev": Split(encoded, examples)},
        encoding={},
        format_options={"scheme": "bio"},
        source={},
        facts={"seen": ""},
    )


def export_tagger(network, prepared, path: Path) -> None:
    write_network(TaggerTask(), [network], prepared, path, provenance={})


def make_network(codec: TaggingCodec, **changes):
    settings = NetworkSettings(
        **{"word_dimension": 12, "character_dimension": 8, "character_filters": 10, "units": 9, **changes}
    )
    network = build_network(codec, settings, seed=1)
    random = np.random.default_rng(2)
    network.set_weights([random.normal(size=weight.shape, scale=0.7) for weight in network.get_weights()])
    return network


@pytest.mark.parametrize(
    "changes",
    [
        {"cell": "lstm", "layers": 2},
        {"cell": "gru", "characters": "lstm"},
        {"cell": "rnn", "bidirectional": False, "characters": "none"},
        {"decoder": "softmax"},
    ],
    ids=lambda changes: "-".join(map(str, changes.values())),
)
def test_the_file_tags_like_the_network(tmp_path: Path, codec, prepared, sentences, changes) -> None:
    network = make_network(codec, **changes)
    path = tmp_path / "model.onnx"
    export_tagger(network, prepared, path)

    nodes = Counter(node.op_type for node in onnx.load(path).graph.node)
    cell = changes.get("cell", "lstm").upper()
    assert nodes[cell] == changes.get("layers", 1)
    assert sum(nodes[kind] for kind in RECURRENT) == nodes[cell] + (changes.get("characters") == "lstm")
    assert nodes["Loop"] == 0
    assert nodes["Scan"] == (0 if changes.get("decoder") == "softmax" else 1)

    encoded = codec.encode(sentences)
    lengths = encoded.windows.lengths
    whole = Batch(np.arange(len(lengths)), len(lengths), int(lengths.max()))
    inputs = encoded.batch(whole)
    expected = np.zeros(len(encoded.words), np.int64)
    encoded.windows.join(whole, decode(np.asarray(network(inputs)), inputs["lengths"], network), expected)
    for batch_size in (1, 64):
        tagged = Tagger.load(path, batch_size=batch_size).tag(sentences)
        assert [tags for tags, _ in tagged] == codec.decode(expected, [len(each) for each in sentences])


def test_inputs_and_outputs_have_plain_names(tmp_path: Path, codec, prepared) -> None:
    path = tmp_path / "model.onnx"
    export_tagger(make_network(codec), prepared, path)
    graph = onnx.load(path).graph
    shapes = {
        value.name: [axis.dim_param or axis.dim_value for axis in value.type.tensor_type.shape.dim]
        for value in (*graph.input, *graph.output)
    }
    assert shapes == {
        "words": ["batch", "time"],
        "spellings": ["batch", "time"],
        "characters": ["distinct", "width"],
        "lengths": ["batch"],
        "tags": ["batch", "time"],
        "scores": ["batch", "time"],
        "emissions": ["batch", "time", len(codec.labels)],
    }
    tagger = Tagger.load(path)
    assert tagger.codec.words == codec.words
    assert tagger.file.spec["format"] == {"scheme": "bio"}
    assert tagger.file.facts == {"seen": ""}


def test_a_file_that_differs_from_the_network_is_not_written(tmp_path, codec, prepared, monkeypatch) -> None:
    monkeypatch.setattr(TaggerTask, "tolerance", -1.0)
    with pytest.raises(ParityError, match=r"0 of \d+ decisions differ .* a logit differs by"):
        export_tagger(make_network(codec), prepared, tmp_path / "model.onnx")
    assert list(tmp_path.iterdir()) == []


def test_a_network_that_computes_nan_is_not_written(tmp_path, codec, prepared, monkeypatch) -> None:
    network = make_network(codec)
    compute = network.predict_on_batch
    monkeypatch.setattr(network, "predict_on_batch", lambda inputs: compute(inputs) * np.nan)
    with pytest.raises(ParityError, match="a logit differs by nan"):
        export_tagger(network, prepared, tmp_path / "model.onnx")
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_no_file(tmp_path, codec, prepared, monkeypatch) -> None:
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises((OSError, DataError), match="No space left"):
        export_tagger(make_network(codec), prepared, tmp_path / "model.onnx")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("decoder", ["crf", "softmax"])
def test_a_tie_is_no_difference(codec: TaggingCodec, decoder: str) -> None:
    network = make_network(codec, decoder=decoder)
    emissions = np.zeros((3, 2, len(codec.labels)), np.float32)
    if network.crf is not None:
        for weight in network.crf.weights:
            weight.assign(np.zeros(weight.shape))
    lengths = np.array([2, 1, 2])
    best = decode(emissions, lengths, network)
    other = np.array([[codec.labels.ids(["S-LOC"])[0]] * 2] * 3)
    other[0] = best[0]
    emissions[2, 0, best[2, 0]] += 1e-2  # the last sentence has no tie
    expected, found = {"tags": best, "emissions": emissions}, {"tags": other, "emissions": emissions}
    settled = TaggerTask().settle(network, {"lengths": lengths}, found, expected)
    assert settled["tags"].tolist() == [*best[:2].tolist(), other[2].tolist()]
    assert (best[1] != other[1]).any()
