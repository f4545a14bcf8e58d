"""Model files of classifiers, compared with their networks."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
import tensorflow as tf

from seqnlp.data.batching import Batch
from seqnlp.export.parity import ParityError
from seqnlp.records import LabelledText
from seqnlp.tasks.classification.building import build_network
from seqnlp.tasks.classification.codec import ClassificationCodec
from seqnlp.tasks.classification.model import Classifier
from seqnlp.tasks.classification.network import POOLINGS
from seqnlp.tasks.classification.settings import NetworkSettings
from seqnlp.tasks.classification.task import ClassifierTask
from seqnlp.tasks.export import write_network
from seqnlp.tasks.prepared import Prepared, Split
from seqnlp.text.tokenizers import get_tokenizer
from seqnlp.text.vocabulary import WordForm

WORDS = "a an fine dull film plot is not very long short and or but Łódź".split()


@pytest.fixture(scope="module")
def texts() -> list[list[str]]:
    random = np.random.default_rng(3)
    return [[*random.choice(WORDS, size), f"new{size}"] for size in random.integers(1, 30, 60)]


@pytest.fixture(scope="module")
def codec(texts) -> ClassificationCodec:
    codec = ClassificationCodec.learn(
        ((text, ["abc"[len(text) % 3]]) for text in texts[:40]),
        WordForm(lower=True),
        tokenizer=get_tokenizer("whitespace"),
    )
    return replace(codec, max_length=12)


def make_network(codec: ClassificationCodec, ratios=None, **changes):
    sizes = {"word_dimension": 8, "character_dimension": 4, "character_filters": 6, "units": 5}
    network = build_network(codec, NetworkSettings(**{**sizes, **changes}), seed=2, ratios=ratios)
    random = np.random.default_rng(4)
    for weight in network.trainable_variables:
        weight.assign(random.normal(size=weight.shape, scale=0.5))
    network.temperature.assign(1.3)
    return network


def export(network, codec: ClassificationCodec, path: Path, texts: list[list[str]]) -> None:
    """Write a model file that must agree with its network on texts."""
    task, dev = ClassifierTask(), [LabelledText(" ".join(text), ("a",)) for text in texts]
    split = Split(task.encode(codec, dev), dev)
    write_network(task, [network], Prepared(codec, split.encoded, {"dev": split}, {}, {}, {}, {}), path, {})


@pytest.mark.parametrize("pooling", POOLINGS)
@pytest.mark.parametrize("characters", ["none", "cnn"])
def test_a_file_computes_the_outputs_of_its_network(codec, texts, tmp_path, pooling, characters) -> None:
    network = make_network(codec, pooling=pooling, characters=characters)
    export(network, codec, tmp_path / "model.onnx", texts)
    kinds = Counter(node.op_type for node in onnx.load(tmp_path / "model.onnx").graph.node)
    assert kinds["GRU"] == 1
    assert not {"Loop", "Scan", "If"} & set(kinds)

    classifier = Classifier.load(tmp_path / "model.onnx", threads=2)
    together = classifier.classify(texts)
    for text, found in zip(texts[:20], together, strict=False):
        windows = [text[first : first + 12] for first in range(0, len(text), 12)]
        logits = 0
        for window in windows:
            encoded = codec.encode([window])
            arrays = {
                "words": encoded.words[None],
                "spellings": encoded.spellings[None],
                "characters": encoded.characters,
                "lengths": np.array([len(window)], np.int32),
            }
            logits = logits + np.asarray(network(arrays))[0] * len(window) / len(text)
        np.testing.assert_allclose(found, np.exp(logits) / np.exp(logits).sum(), atol=1e-5)
        np.testing.assert_allclose(classifier.classify([text])[0], found, atol=1e-5)


def test_a_multi_label_file_contains_its_threshold(codec, texts, tmp_path: Path) -> None:
    codec = replace(codec, threshold=0.5)
    ratios = np.random.default_rng(5).normal(size=(len(codec.words), 3)).astype(np.float32)
    network = make_network(codec, ratios=ratios)
    network.threshold.assign(0.625)
    export(network, codec, tmp_path / "model.onnx", texts)
    classifier = Classifier.load(tmp_path / "model.onnx")
    assert classifier.codec.threshold == 0.625
    short = [text for text in texts if len(text) <= 12]
    encoded = codec.encode(short)
    logits = np.asarray(network(encoded.batch(Batch(np.arange(len(short)), len(short), 12))))
    for text, row in zip(short, 1 / (1 + np.exp(-logits)), strict=True):
        found = classifier.predict([text])[0]
        np.testing.assert_allclose(list(found.scores.values()), row, atol=1e-5)
        assert set(found.labels) == {label for label, p in zip("abc", row, strict=True) if p >= 0.625}
        assert list(found.labels) == sorted(found.labels, key=lambda label: -found.scores[label])


def test_a_file_with_other_probabilities_is_not_written(codec, texts, tmp_path, monkeypatch) -> None:
    network = make_network(codec)
    predict = network.predict_on_batch
    monkeypatch.setattr(network, "predict_on_batch", lambda inputs: predict(inputs) + np.array([0, 0.1, 0]))
    with pytest.raises(
        ParityError, match=r"decisions differ .* a probability or an attention weight differs"
    ):
        export(network, codec, tmp_path / "model.onnx", texts)
    assert list(tmp_path.iterdir()) == []


def test_a_file_with_other_attention_is_not_written(codec, texts, tmp_path: Path, monkeypatch) -> None:
    network = make_network(codec, pooling="attention")
    attention = network.attention

    def moved(*arguments):  # only the network's own result, not the traced one
        return attention(*arguments) + (0.1 if tf.executing_eagerly() else 0)

    monkeypatch.setattr(network, "attention", moved)
    with pytest.raises(ParityError, match=r": 0 of .* or an attention weight differs by 1\.0e-01"):
        export(network, codec, tmp_path / "model.onnx", texts)
    assert list(tmp_path.iterdir()) == []


def test_attention_equals_a_computation_with_numpy(codec, texts, tmp_path: Path) -> None:
    network = make_network(codec, pooling="attention")
    export(network, codec, tmp_path / "model.onnx", texts)
    classifier = Classifier.load(tmp_path / "model.onnx", threads=2)
    kernel, bias, context = (np.asarray(each, np.float64) for each in network.pooling.get_weights())
    classes, offset = (np.asarray(each, np.float64) for each in network.classes.get_weights())
    for text, found in zip(texts, classifier.explain(texts), strict=True):
        logits, expected = offset.copy(), []
        for first in range(0, len(text), 12):
            window = codec.encode([text[first : first + 12]])
            arrays = window.batch(Batch(np.array([0]), 1, len(window.words)))
            states = np.asarray(network.encoder(arrays), np.float64)[:, 0]
            scores = np.exp(np.tanh(states @ kernel + bias) @ context)[:, 0]
            weights = scores / scores.sum() * len(states) / len(text)
            expected += list(weights)
            logits += weights @ states @ classes
        weights = [word.weight for word in found.words]
        np.testing.assert_allclose(weights, expected, atol=1e-6)
        assert sum(weights) == pytest.approx(1, abs=1e-5)
        # The states influence the labels through these weights only.
        scores = np.exp(logits / 1.3) / np.exp(logits / 1.3).sum()
        np.testing.assert_allclose(list(found.classification.scores.values()), scores, atol=1e-5)


@pytest.mark.parametrize("pooling", POOLINGS)
def test_only_attention_pooling_exports_attention(codec, texts, tmp_path: Path, pooling: str) -> None:
    export(make_network(codec, pooling=pooling), codec, tmp_path / "model.onnx", texts)
    outputs = {
        output.name: [each.dim_param or each.dim_value for each in output.type.tensor_type.shape.dim]
        for output in onnx.load(tmp_path / "model.onnx").graph.output
    }
    attention = {"attention": ["batch", "time"]} if pooling == "attention" else {}
    labels = ["batch", len(codec.labels)]
    assert outputs == {"logits": labels, "probabilities": labels, **attention}


def test_empty_and_very_long_texts_are_classified(codec, texts, tmp_path: Path, caplog) -> None:
    export(make_network(codec), codec, tmp_path / "model.onnx", texts)
    classifier = Classifier.load(tmp_path / "model.onnx")
    empty, long = classifier.predict(["", "fine film " * 20_000])
    assert empty.label in codec.labels.entries
    assert "a text is empty" in caplog.text
    assert sum(long.scores.values()) == pytest.approx(1)
    assert classifier("fine").text == "fine"
    assert classifier.predict([["fine", "film"]])[0].text == "fine film"
    assert classifier.predict([]) == []
