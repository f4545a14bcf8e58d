"""Log-count ratios, compared with counts by hand."""

from math import log

import numpy as np
import pytest

from seqnlp.tasks.classification.building import build_network
from seqnlp.tasks.classification.codec import ClassificationCodec
from seqnlp.tasks.classification.log_count_ratios import log_count_ratios
from seqnlp.tasks.classification.settings import NetworkSettings
from seqnlp.text.vocabulary import WordForm

TEXTS = [("fine fine film", "good"), ("dull film", "bad"), ("fine", "good"), ("dull fine", "bad")]


@pytest.fixture
def codec() -> ClassificationCodec:
    return ClassificationCodec.learn(((text.split(), [label]) for text, label in TEXTS), WordForm(lower=True))


@pytest.fixture
def ratios(codec: ClassificationCodec):
    encoded = codec.encode([text.split() for text, _ in TEXTS])
    labels = np.array([[label == each for each in codec.labels.entries] for _, label in TEXTS])
    return log_count_ratios(encoded, labels, len(codec.words))


def test_they_equal_a_count_by_hand(codec, ratios) -> None:
    # 1 plus the number of texts with the word. Good: fine 3, film 2, dull 1. Bad: fine 2, film 2, dull 3.
    # Padding and the unknown word add 1 each to both sums.
    good, bad = 3 + 2 + 1 + 2, 2 + 2 + 3 + 2
    expected = {
        "fine": log(3 / good) - log(2 / bad),
        "film": log(2 / good) - log(2 / bad),
        "dull": log(1 / good) - log(3 / bad),
    }
    for word, ratio in expected.items():
        row = ratios[codec.words.ids([word])[0]]
        np.testing.assert_allclose(row, [-ratio, ratio], rtol=1e-6)  # bad, good


def test_padding_and_the_unknown_word_have_none(ratios) -> None:
    assert not ratios[:2].any()


def test_they_are_fixed_inputs_of_the_network_after_the_embedding(codec, ratios) -> None:
    settings = NetworkSettings(word_dimension=8, units=5)
    network = build_network(codec, settings, seed=1, ratios=ratios)
    vectors = network.encoder.embed({"words": np.array([codec.words.ids(["fine", "film"])], np.int32)})
    assert vectors.shape == (2, 1, 10)
    np.testing.assert_allclose(vectors[:, 0, 8:], ratios[codec.words.ids(["fine", "film"])])
    assert not any("features" in weight.path for weight in network.trainable_weights)
