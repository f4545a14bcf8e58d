"""Training with an auxiliary language model: batches, resumption, and exported files without it."""

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest

import seqnlp
from seqnlp.corpora import load
from seqnlp.data.batching import Batch
from seqnlp.tasks.corpus import prepare
from seqnlp.tasks.registry import get_task
from seqnlp.tasks.tagging.settings import TaggerSettings
from seqnlp.text.vocabulary import PADDING, UNKNOWN
from seqnlp.training import loop
from seqnlp.training.networks import load_network

AUXILIARY = {"network.auxiliary_language_model": 0.1}
TINY = {
    "network.word_dimension": 8,
    "network.character_filters": 6,
    "network.layers": 1,
    "network.units": 8,
    "training.buckets": 1,
}


def make_parsed() -> list[Any]:
    return list(load("sample/trees").train[:40])


def make_classified() -> list[Any]:
    return [(f"the {kind} film {number % 5}", kind) for number in range(20) for kind in ("good", "bad")]


def make_tagged() -> list[Any]:
    return list(load("sample/ner").train[:60])


def train(task: str, data: list[Any], output: Path, **settings: Any) -> seqnlp.Run[Any]:
    return seqnlp.train(task, train=data, settings={**TINY, **settings}, epochs=2, output=output, quiet=True)


def initializers(path: Path) -> Counter[tuple[int, ...]]:
    """Return the shapes of the arrays of a model file."""
    return Counter(tuple(each.dims) for each in onnx.load(path / "model.onnx").graph.initializer)


@pytest.mark.parametrize(
    ("task", "make"),
    [("tagger", make_tagged), ("classifier", make_classified), ("parser", make_parsed)],
)
def test_the_exported_file_has_no_trace_of_the_loss(tmp_path: Path, task: str, make: Any) -> None:
    data = make()
    plain, ours = train(task, data, tmp_path / "plain"), train(task, data, tmp_path / "ours", **AUXILIARY)
    assert initializers(ours.path) == initializers(plain.path)
    assert ours.metrics["parameters"] > plain.metrics["parameters"]
    assert ours.history[0]["loss"] > plain.history[0]["loss"]
    network = load_network(ours.path / "model.keras")
    assert any("auxiliary" in weight.path for weight in network.trainable_weights)
    assert "auxiliary language model (0.1)" in (ours.path / "README.md").read_text(encoding="utf-8")


def test_a_killed_run_resumes_to_the_same_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = make_tagged()
    unbroken = train("tagger", data, tmp_path / "unbroken", **AUXILIARY)
    steps = loop._Steps.on_train_batch_end

    def interrupt(callback: loop._Steps, batch: int, logs: object = None) -> None:
        steps(callback, batch, logs)
        if callback.epoch == 1:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(loop._Steps, "on_train_batch_end", interrupt)
        with pytest.raises(KeyboardInterrupt):
            train("tagger", data, tmp_path / "run", **AUXILIARY)
    resumed = seqnlp.train("tagger", output=tmp_path / "run", resume=True, quiet=True)
    networks = [load_network(run.path / "model.keras") for run in (unbroken, resumed)]
    assert any("auxiliary" in weight.path for weight in networks[0].weights)
    for one, other in zip(networks[0].weights, networks[1].weights, strict=True):
        np.testing.assert_array_equal(np.asarray(one), np.asarray(other))


def test_batches_have_the_words_before_word_dropout() -> None:
    task = get_task("tagger")
    settings = TaggerSettings.load(values={**AUXILIARY})
    prepared = prepare(task, settings, {"train": make_tagged()})
    batches = task.batches(prepared.train, settings)
    dropped = 0
    for plan, (arrays, _) in zip(batches.plan(0), batches.batches(0), strict=True):
        gold, words = arrays["gold_words"], arrays["words"]
        np.testing.assert_array_equal(gold, prepared.train.batch(plan)["words"])
        present = np.arange(gold.shape[1]) < arrays["lengths"][:, None]
        assert (gold[~present] == PADDING).all()
        assert set(words[gold != words].tolist()) <= {UNKNOWN}
        dropped += int((gold != words).sum())
    assert dropped > 0
    without = task.batches(prepared.train, TaggerSettings())
    for (ours, _), (plain, _) in zip(batches.batches(0), without.batches(0), strict=True):
        assert ours.keys() - plain.keys() == {"gold_words"}


def test_nothing_is_predicted_across_the_cuts_of_a_long_sentence() -> None:
    task, settings = get_task("tagger"), TaggerSettings.load(values={**TINY, **AUXILIARY})
    prepared = prepare(task, settings, {"train": make_tagged()})
    codec = replace(prepared.codec, max_length=4, context=0)
    words = make_tagged()[0].words[:6]
    network = task.build_network(prepared, settings)
    losses = []
    for sentences in ([words], [words[:4], words[4:]]):
        encoded = codec.encode(sentences)
        assert encoded.lengths.tolist() == [4, 2]
        arrays = encoded.batch(Batch(np.arange(2), count=2, length=4))
        states = network.encoder.recurrent[0](network.encoder.embed(arrays), arrays["lengths"])
        losses.append(float(network.encoder.auxiliary(states, arrays["words"], arrays["lengths"])))
    assert losses[0] == losses[1] > 0


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"network.layers": 0}, "needs a recurrent layer"),
        ({"network.language_model": "runs/model"}, "exclude each other"),
    ],
)
def test_settings_without_states_that_could_predict_words_are_an_error(
    tmp_path: Path, settings: dict[str, Any], message: str
) -> None:
    with pytest.raises(seqnlp.ConfigError, match=message):
        train("tagger", make_tagged(), tmp_path / "run", **{**AUXILIARY, **settings})
    assert not (tmp_path / "run").exists()
