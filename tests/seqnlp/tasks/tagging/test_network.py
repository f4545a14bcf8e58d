"""The tagging network as a whole."""

from pathlib import Path

import keras
import numpy as np
import pytest

from seqnlp.data.batching import Batch
from seqnlp.tasks.tagging.building import build_network
from seqnlp.tasks.tagging.codec import TaggingCodec
from seqnlp.tasks.tagging.settings import NetworkSettings
from seqnlp.text.vocabulary import WordForm
from tests.batteries.layer import check_reload

SENTENCES = [
    ("Ada Lovelace lived in London".split(), "B-PER E-PER O O S-LOC".split()),
    ("She wrote".split(), "O O".split()),
]
SMALL = {"word_dimension": 8, "character_dimension": 4, "character_filters": 6, "units": 5}


@pytest.fixture(scope="module")
def codec() -> TaggingCodec:
    return TaggingCodec.learn(SENTENCES, "iobes", WordForm(lower=True))


@pytest.fixture(scope="module")
def inputs(codec: TaggingCodec):
    encoded = codec.encode([words for words, _ in SENTENCES], [tags for _, tags in SENTENCES])
    return encoded.batch(Batch(np.arange(2), count=3, length=6))


def settings(**changes) -> NetworkSettings:
    return NetworkSettings(**{**SMALL, **changes})


def test_one_row_does_not_depend_on_the_others(codec, inputs) -> None:
    network = build_network(codec, settings(), seed=1)
    together = np.asarray(network(inputs))
    alone = codec.encode([SENTENCES[1][0]]).batch(Batch(np.arange(1), count=1, length=2))
    np.testing.assert_allclose(together[1, :2], np.asarray(network(alone))[0], atol=1e-6)


def test_the_softmax_loss_is_the_cross_entropy_per_token(codec, inputs) -> None:
    network = build_network(codec, settings(decoder="softmax"), seed=1)
    emissions = np.asarray(network(inputs), np.float64)
    probabilities = np.exp(emissions) / np.exp(emissions).sum(axis=-1, keepdims=True)
    steps = [(row, at) for row, (words, _) in enumerate(SENTENCES) for at in range(len(words))]
    expected = -np.mean([np.log(probabilities[row, at, inputs["tags"][row, at]]) for row, at in steps])
    loss = network.compute_loss(x=inputs, y=inputs["tags"], y_pred=network(inputs))
    assert float(loss) == pytest.approx(expected, rel=1e-5)


def test_dropout_is_off_in_prediction(codec, inputs) -> None:
    network = build_network(codec, settings(dropout=0.9, recurrent_dropout=0.9), seed=1)
    np.testing.assert_array_equal(network(inputs), network(inputs))
    assert not np.allclose(network(inputs), network(inputs, training=True))


def test_a_network_can_be_saved_and_loaded(codec, inputs) -> None:
    network = build_network(codec, settings(layers=2, cell="gru"), seed=1)
    again = check_reload(network, inputs)
    for found, expected in zip(again.crf.scores(), network.crf.scores(), strict=True):
        np.testing.assert_array_equal(found, expected)


def test_embeddings_start_from_pre_trained_vectors(codec, tmp_path: Path) -> None:
    file = tmp_path / "vectors.txt"
    file.write_text("london 1 2 3\nnowhere 4 5 6\n", encoding="utf-8")
    network = build_network(codec, settings(vectors=file), seed=1)
    embeddings = np.asarray(network.encoder.word_embedding.embeddings)
    assert embeddings.shape == (len(codec.words), 3)
    np.testing.assert_array_equal(embeddings[codec.words["london"]], [1, 2, 3])


def test_a_network_without_characters_ignores_them(codec, inputs) -> None:
    network = build_network(codec, settings(characters="none"), seed=1)
    changed = {**inputs, "characters": np.zeros_like(inputs["characters"])}
    np.testing.assert_array_equal(network(inputs), network(changed))
    assert keras.ops.shape(network.encoder.embed(inputs)) == (6, 3, 8)
