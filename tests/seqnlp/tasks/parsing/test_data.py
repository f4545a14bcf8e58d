"""Prepared treebanks, and scores on dev."""

from pathlib import Path

import numpy as np
import pytest

from seqnlp.errors import DataError
from seqnlp.serving.evaluation import evaluate_parser
from seqnlp.settings import TrainingSettings
from seqnlp.tasks.parsing.batches import ParsingBatches
from seqnlp.tasks.parsing.building import build_network
from seqnlp.tasks.parsing.constituents import Constituents
from seqnlp.tasks.parsing.data import DevScorer, Prepared
from seqnlp.tasks.parsing.graph import export_parser
from seqnlp.tasks.parsing.model import Parser
from seqnlp.tasks.parsing.settings import NetworkSettings, TextSettings
from seqnlp.trees.brackets import parsed

TRAIN = (
    "(S (NP (DT The) (NN cat)) (VP (VBZ sleeps)))",
    "(S (VP (VB Sleep)))",
    "(S (NP (PRP She)) (VP (VBD saw) (NP (NP (DT a) (NN man)) (PP (IN with) (NP (DT a) (NN hat))))))",
)
DEV = (
    "(S (NP (DT A) (NN man)) (VP (VBD saw) (NP (PRP her)) (ADVP (RB here))))",
    "(S (NP (PRP She)) (VP (VBZ sleeps)))",
)


def sentences(texts: tuple[str, ...]) -> list[Constituents]:
    return [Constituents.of(parsed([(1, text)])) for text in texts]


@pytest.fixture
def prepared() -> Prepared:
    # Of dev's sentences the first has more words than a piece may have.
    return Prepared.of(sentences(TRAIN), {"dev": sentences(DEV)}, TextSettings(longest=4), {"train": "here"})


def test_written_and_read(prepared: Prepared, tmp_path: Path) -> None:
    prepared.write(tmp_path / "prepared")
    again = Prepared.read(tmp_path / "prepared")
    assert (again.codec, again.text, again.source) == (prepared.codec, prepared.text, prepared.source)
    assert again.held_out["dev"].sentences == sentences(DEV)
    assert (again.train.encoded.words == prepared.train.encoded.words).all()
    assert (np.asarray(again.train.encoded.tags) == np.asarray(prepared.train.encoded.tags)).all()
    assert (again.train.brackets.bounds == prepared.train.brackets.bounds).all()
    assert (again.train.brackets.firsts == prepared.train.brackets.firsts).all()
    assert (
        again.label_counts()
        == prepared.label_counts()
        == {
            "train": {"S": 3, "NP": 5, "VP": 3, "PP": 1},
            "dev": {"S": 2, "NP": 3, "VP": 2, "ADVP": 1},
        }
    )


def test_targets_are_those_of_the_rows() -> None:
    prepared = Prepared.of(sentences(TRAIN), {}, TextSettings(), {})
    settings = TrainingSettings(batch_tokens=16, seed=2)
    batches = ParsingBatches.of(
        prepared.train.encoded, settings, word_dropout=0.0, brackets=prepared.train.brackets
    )
    seen = set()
    for batch, (inputs, targets) in zip(batches.plan(0), batches.batches(0), strict=True):
        assert "tags" not in inputs
        for place, row in enumerate(batch.rows.tolist()):
            sentence = sentences(TRAIN)[row]
            tags = targets["tags"][place, : inputs["lengths"][place]]
            assert tuple(prepared.codec.tags.entries[tag] for tag in tags) == sentence.tags
            found = {
                (start, end): prepared.codec.chains[label]
                for number, start, end, label in targets["brackets"].tolist()
                if number == place
            }
            assert found == sentence.chains
            seen.add(row)
    assert seen == {0, 1, 2}


@pytest.mark.parametrize("search", ["cky", "greedy"])
def test_scores_of_dev_are_those_of_the_file(prepared: Prepared, tmp_path: Path, search: str) -> None:
    settings = NetworkSettings(
        search=search, units=5, span_units=6, word_dimension=4, character_filters=4, dropout=0.0
    )
    network = build_network(prepared.codec, settings, seed=3)
    random = np.random.default_rng(3)
    for weight in network.weights:
        weight.assign(random.normal(0, 0.5, weight.shape))
    batches = ParsingBatches.of(
        prepared.train.encoded, TrainingSettings(), word_dropout=0.0, brackets=prepared.train.brackets
    )
    dev = prepared.held_out["dev"]
    found = DevScorer(network, prepared.codec, dev, batches.buckets)()
    path = tmp_path / "model.onnx"
    words = [sentence.words for sentence in dev.sentences]
    export_parser(network, prepared.codec, path, {"spec": {"tokenizer": {"name": "words"}}}, words)
    scores = evaluate_parser(Parser.load(path), dev.sentences).to_dict()
    assert found == {name: scores[name] for name in found}
    assert 0 < found["f1"] < 1


def test_parts_of_speech_alone_are_no_treebank() -> None:
    with pytest.raises(DataError, match="no training tree has a constituent"):
        Prepared.of([Constituents(("a",), ("X",), {})], {}, TextSettings(), {})
