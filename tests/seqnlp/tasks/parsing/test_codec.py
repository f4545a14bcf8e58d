"""Conversion of sentences to arrays."""

import json

import numpy as np
import pytest

from seqnlp.data.batching import Batch
from seqnlp.errors import ModelFileError
from seqnlp.tasks.parsing.codec import ParserCodec
from seqnlp.text.vocabulary import WordForm
from seqnlp.trees.brackets import parse_tree
from seqnlp.trees.constituents import Constituents

TREES = (
    "(S (NP (DT The) (NN cat)) (VP (VBZ sleeps)))",
    "(FRAG (`` ``) (S (VP (VB Sleep))) ('' ''))",
)


@pytest.fixture
def sentences() -> list[Constituents]:
    return [Constituents.from_tree(parse_tree([(1, text)])) for text in TREES]


@pytest.fixture
def codec(sentences: list[Constituents]) -> ParserCodec:
    return ParserCodec.learn(sentences, WordForm(lower=True), max_length=4)


def test_labels_and_parts_of_speech_are_learned(codec: ParserCodec) -> None:
    assert codec.labels.entries == ("FRAG", "NP", "S", "S VP", "VP")
    assert codec.chains[3] == ("S", "VP")
    assert codec.tags.entries == ("''", "DT", "NN", "VB", "VBZ", "``")
    assert codec.summary()["labels"] == ["FRAG", "NP", "S", "VP"]


def test_trees_are_encoded_as_tags_and_brackets(codec: ParserCodec, sentences: list[Constituents]) -> None:
    encoded = codec.encode_trees(sentences)
    assert [codec.tags.entries[tag] for tag in encoded.words.tags] == [*sentences[0].tags, *sentences[1].tags]
    rows = encoded.brackets.select(np.array([1, 0]))
    found = {(row, start, end): codec.labels.entries[label] for row, start, end, label in rows.tolist()}
    assert found == {
        (1, 0, 3): "S",
        (1, 0, 2): "NP",
        (1, 2, 3): "VP",
        (0, 0, 3): "FRAG",
        (0, 1, 2): "S VP",
    }


def test_held_out_trees_keep_the_constituents_of_training_that_fit_a_row(codec: ParserCodec) -> None:
    text = (
        "(S (NP (DT The) (JJ red) (NN cat)) (VP (VP (VBZ sleeps)) (NP (DT The) (NN cat))) (ADVP (RB here)))"
    )
    encoded = codec.encode_trees([Constituents.from_tree(parse_tree([(1, text)]))])
    assert encoded.lengths.tolist() == [4, 3]
    rows = encoded.brackets.select(np.array([0, 1]))
    found = [(row, start, end, codec.labels.entries[label]) for row, start, end, label in rows.tolist()]
    assert found == [(0, 0, 3, "NP"), (0, 3, 4, "VP"), (1, 0, 2, "NP")]
    inputs = encoded.batch(Batch(np.array([1]), 1, 3))
    assert [codec.tags.entries[tag] for tag in inputs["tags"][0, :2]] == ["DT", "NN"]
    assert inputs["brackets"].tolist() == [[0, 0, 2, codec.labels["NP"]]]


def test_quotation_marks_are_read_as_treebanks_write_them(codec: ParserCodec) -> None:
    (straight, treebank) = (codec.encode([words]) for words in (['"', "sleep", '"'], ["``", "sleep", "''"]))
    assert straight.words.tolist() == treebank.words.tolist()
    assert 1 not in straight.words


def test_long_sentences_are_cut_without_overlap(codec: ParserCodec) -> None:
    assert codec.encode([["cat"] * 9]).windows.lengths.tolist() == [4, 4, 1]


def test_a_codec_is_restored_from_json(codec: ParserCodec) -> None:
    assert ParserCodec.from_spec(json.loads(json.dumps(codec.to_spec()))) == codec


@pytest.mark.parametrize("name", ["tags", "labels", "words"])
def test_a_damaged_spec_is_reported(codec: ParserCodec, name: str) -> None:
    spec = codec.to_spec()
    del spec[name]
    with pytest.raises(ModelFileError, match="the codec in the model is damaged"):
        ParserCodec.from_spec(spec)
