"""The classification network as a whole."""

import keras
import numpy as np
import pytest

from seqnlp.data.batching import Batch
from seqnlp.errors import ModelFileError
from seqnlp.tasks.classification.building import build_network
from seqnlp.tasks.classification.codec import ClassificationCodec
from seqnlp.tasks.classification.network import POOLINGS
from seqnlp.tasks.classification.settings import NetworkSettings
from seqnlp.text.vocabulary import WordForm
from tests.batteries.layer import check_reload

TEXTS = [
    ("a fine film".split(), ["good"]),
    ("dull and long and empty".split(), ["bad"]),
    (["fine"], ["good"]),
]
SMALL = {"word_dimension": 8, "character_dimension": 4, "character_filters": 6, "units": 5}


@pytest.fixture(scope="module")
def codec() -> ClassificationCodec:
    return ClassificationCodec.learn(TEXTS, WordForm(lower=True))


@pytest.fixture(scope="module")
def inputs(codec: ClassificationCodec):
    return codec.encode([words for words, _ in TEXTS]).batch(Batch(np.arange(3), count=4, length=6))


def settings(**changes) -> NetworkSettings:
    return NetworkSettings(**{**SMALL, **changes})


@pytest.mark.parametrize("pooling", POOLINGS)
@pytest.mark.parametrize("characters", ["none", "cnn"])
def test_rows_do_not_depend_on_each_other(codec, inputs, pooling: str, characters: str) -> None:
    network = build_network(codec, settings(pooling=pooling, characters=characters), seed=1)
    together = np.asarray(network(inputs))
    assert together.shape == (4, 2)
    assert np.isfinite(together).all()
    alone = codec.encode([TEXTS[2][0]]).batch(Batch(np.arange(1), count=1, length=1))
    np.testing.assert_allclose(together[2], np.asarray(network(alone))[0], atol=1e-6)


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_the_loss_is_the_cross_entropy_per_text(codec, inputs, smoothing: float) -> None:
    network = build_network(codec, settings(label_smoothing=smoothing), seed=1)
    logits = np.asarray(network(inputs), np.float64)
    logs = np.log(np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True))
    labels = codec.encode_labels([labels for _, labels in TEXTS])
    targets = labels * (1 - smoothing) + smoothing / 2
    expected = -np.mean((targets * logs[:3]).sum(axis=-1))
    loss = network.compute_loss(x=inputs, y=np.vstack([labels, labels[:1]]), y_pred=network(inputs))
    assert float(loss) == pytest.approx(expected, rel=1e-5)


def test_the_loss_of_multiple_labels_equals_that_of_keras() -> None:
    texts = [(words, labels if number else []) for number, (words, labels) in enumerate(TEXTS)]
    codec = ClassificationCodec.learn(texts, WordForm(lower=True), multi_label=True)
    network = build_network(codec, settings(), seed=1)
    inputs = codec.encode([words for words, _ in texts]).batch(Batch(np.arange(3), count=3, length=6))
    labels = codec.encode_labels([labels for _, labels in texts])
    logits = network(inputs)
    expected = keras.ops.binary_crossentropy(labels.astype("float32"), logits, from_logits=True)
    loss = network.compute_loss(x=inputs, y=labels, y_pred=logits)
    assert float(loss) == pytest.approx(float(np.sum(expected)) / 3, rel=1e-5)
    np.testing.assert_allclose(network.probabilities(logits), 1 / (1 + np.exp(-logits)), rtol=1e-5)


def test_class_weights_equal_copies_of_rare_texts(codec, inputs) -> None:
    labels = codec.encode_labels([labels for _, labels in TEXTS])
    weighted = build_network(codec, settings(), seed=1, class_weights=np.array([2.0, 1.0]))
    plain = build_network(codec, settings(), seed=1)
    logits = np.asarray(plain(inputs))
    copied = np.array([0, 1, 1, 2])  # the second text is the one with the label bad
    rows = {"lengths": inputs["lengths"][copied]}
    expected = plain.compute_loss(x=rows, y=labels[copied], y_pred=logits[copied])
    found = weighted.compute_loss(x=inputs, y=np.vstack([labels, labels[:1]]), y_pred=logits)
    assert float(found) * 3 == pytest.approx(float(expected) * 4, rel=1e-5)


def test_the_temperature_divides_the_logits(codec, inputs) -> None:
    network = build_network(codec, settings(), seed=1)
    before = np.asarray(network(inputs))
    network.temperature.assign(2.0)
    np.testing.assert_allclose(network(inputs), before / 2, atol=1e-6)


def test_a_network_is_the_same_after_saving(codec, inputs) -> None:
    network = build_network(codec, settings(pooling="attention", characters="cnn", layers=2), seed=1)
    network.temperature.assign(1.5)
    check_reload(network, inputs)


def test_the_codec_is_restored_from_its_spec(codec) -> None:
    assert ClassificationCodec.from_spec(codec.to_spec()) == codec
    assert codec.labels.entries == ("bad", "good")
    assert codec.encode_labels([["good"], ["ugly"]]).tolist() == [[False, True], [False, False]]
    assert codec.unknown_labels([["good"], ["ugly"]]) == ["ugly"]
    with pytest.raises(ModelFileError, match="the codec in the model is damaged"):
        ClassificationCodec.from_spec({})


def test_an_empty_text_is_one_unknown_word(codec) -> None:
    encoded = codec.encode([[], ["film"]])
    assert encoded.windows.lengths.tolist() == [1, 1]
    assert encoded.windows.owners.tolist() == [0, 1]
