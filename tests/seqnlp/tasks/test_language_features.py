"""Taggers, parsers and classifiers that read the states of a language model."""

import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from keras import ops

import seqnlp
from seqnlp import corpora
from seqnlp.data.language_codec import END
from seqnlp.errors import ConfigError, DataError
from seqnlp.tasks.corpus import prepare
from seqnlp.tasks.registry import get_task
from seqnlp.training import loop
from seqnlp.training.networks import load_network, save_network
from seqnlp.training.run_directory import RunDirectory
from seqnlp.types import Array

SMALL = {"training.buckets": 1, "network.word_dimension": 6, "network.units": 6, "network.dropout": 0.2}
SENTENCES = corpora.load("sample/ner").train[:30]
REVIEWS = [("a fine film", "good"), ("a dull film", "bad"), ("so fine and warm", "good"), ("dull", "bad")] * 5


def train_language_model(output: Path, direction: str, unit: str, layers: int = 1) -> Path:
    texts = [" ".join(sentence.words) for sentence in SENTENCES] + [text for text, _ in REVIEWS]
    settings = {
        "network.direction": direction,
        "network.units": 7,
        "network.dimension": 5,
        "network.layers": layers,
        "training.rows": 4,
        "training.window": 32,
        "text.unit": unit,
        "text.min_count": 1,
    }
    seqnlp.train(
        "language-model",
        train=texts,
        dev=texts[:5],
        settings=settings,
        epochs=1,
        output=output,
        quiet=True,
    )
    return output


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Language models of characters in both directions, and of words with two layers."""
    folder = tmp_path_factory.mktemp("language")
    return {
        "characters": train_language_model(folder / "characters", "both", "characters"),
        "words": train_language_model(folder / "words", "backward", "words", layers=2),
    }


def train_tagger(output: Path, model: Path, **options: Any) -> "seqnlp.Run[seqnlp.Tagger]":
    return seqnlp.train(
        "tagger",
        train=SENTENCES,
        dev=SENTENCES[:8],
        settings={**SMALL, "network.characters": "none", "network.language_model": str(model)},
        output=output,
        quiet=True,
        **{"epochs": 2, **options},
    )


@pytest.fixture(scope="module")
def tagger(models: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> "seqnlp.Run[seqnlp.Tagger]":
    return train_tagger(tmp_path_factory.mktemp("tagger") / "run", models["characters"])


def states_of_text(network: Any, ids: list[int], direction: str) -> Array:
    """Return the states of the last layer of a language model after each id of a text, [ids, units]."""
    array = ops.convert_to_tensor(np.array([ids], np.int32))
    hidden, _ = network.hidden_states(array, network.zero_states(1), direction=direction)
    return np.asarray(hidden)[:, 0]


@pytest.mark.parametrize("words", [["Ada", "Lovelace", "slept"], ["Ωß"], ["a"] * 20])
def test_features_are_the_states_of_the_language_model_on_the_joined_words(
    words: list[str], tagger: "seqnlp.Run[seqnlp.Tagger]", models: dict[str, Path]
) -> None:
    """The forward state after the space behind a word, the backward one after the space before it."""
    network = load_network(tagger.path / "model.keras")
    language = load_network(models["characters"] / "model.keras")
    codec = seqnlp.load(models["characters"]).codec
    encoded = tagger.model.codec.encode([["x", "longer", "row", "of", "words"], words])
    assert encoded.language is not None
    from seqnlp.data.batching import Batch

    inputs = encoded.language.batch(Batch(np.arange(2), 2, max(5, len(words))))
    found = np.asarray(network.encoder.language_states(inputs))[: len(words), 1]
    ids = [END, *codec.encode(" ".join(words)), END]
    forward, backward = (states_of_text(language, ids, each) for each in ("forward", "backward"))
    starts = np.cumsum([0, *(len(word) + 1 for word in words)])
    expected = np.concatenate([forward[starts[1:]], backward[starts[:-1]]], axis=1)
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_the_file_has_one_recurrent_node_per_layer_and_direction(
    tagger: "seqnlp.Run[seqnlp.Tagger]",
) -> None:
    model = onnx.load(tagger.path / "model.onnx")
    nodes = [node for node in model.graph.node if node.op_type == "LSTM"]
    directions = Counter(
        attribute.s.decode()
        for node in nodes
        for attribute in node.attribute
        if attribute.name == "direction"
    )
    assert directions == {"forward": 1, "reverse": 1, "bidirectional": 1}


def test_a_file_agrees_with_its_network_on_long_sentences_and_unknown_characters(
    tagger: "seqnlp.Run[seqnlp.Tagger]",
) -> None:
    """The parity check of the export, on sentences that are cut into windows, and in one batch."""
    task, model = get_task("tagger"), tagger.model
    network = load_network(tagger.path / "model.keras")
    prepared = prepare(task, task.settings().load_complete(tagger.path / "config.toml"))
    words = [word for sentence in SENTENCES for word in sentence.words]
    sentences = [words, ["Ω", "ß"], words[:3], ["x" * 300]]
    together = model.tag(sentences)
    for sentence, (tags, scores) in zip(sentences, together, strict=True):
        [(alone, others)] = model.tag([sentence])
        assert alone == tags
        np.testing.assert_allclose(others, scores, atol=1e-4)
    encoded = prepared.codec.encode(sentences)
    assert len(encoded.lengths) > len(sentences)
    from seqnlp.data.batching import Batch
    from seqnlp.tasks.tagging.decoding import decode

    ids = np.zeros(encoded.tokens, np.int64)
    for row, length in enumerate(encoded.lengths.tolist()):
        batch = Batch(np.array([row]), 1, length)
        inputs = encoded.batch(batch)
        emissions = np.asarray(network.predict_on_batch(inputs))
        encoded.windows.join(batch, decode(emissions, inputs["lengths"], network), ids)
    expected = prepared.codec.decode(ids, [len(sentence) for sentence in sentences])
    assert [tags for tags, _ in together] == expected


def test_frozen_weights_do_not_change(tagger: "seqnlp.Run[seqnlp.Tagger]", models: dict[str, Path]) -> None:
    layer = load_network(tagger.path / "model.keras").encoder.language_states
    language = load_network(models["characters"] / "model.keras")
    np.testing.assert_allclose(np.asarray(layer.table), np.asarray(language.input_table), atol=1e-6)
    for direction, layers in language.chains.items():
        for ours, theirs in zip(getattr(layer, direction), layers, strict=True):
            for one, other in zip(ours.weights, theirs.get_weights(), strict=False):
                np.testing.assert_allclose(np.asarray(one), other, atol=1e-6)


def test_the_description_names_the_language_model(tagger: "seqnlp.Run[seqnlp.Tagger]") -> None:
    card = " ".join((tagger.path / "README.md").read_text(encoding="utf-8").split())
    assert "states of the language model characters" in card
    summary = tagger.model.codec.summary()["language_model"]
    assert summary["direction"] == "both"


def interrupted(train: Callable[[], Any], epoch: int, batch: int, patch: pytest.MonkeyPatch) -> None:
    """Run a training that is interrupted in an epoch after a batch, both counted from 0."""
    steps = loop._Steps.on_train_batch_end

    def interrupt(callback: loop._Steps, done: int, logs: object = None) -> None:
        steps(callback, done, logs)
        if (callback.epoch, done) == (epoch, batch):
            raise KeyboardInterrupt

    with patch.context() as inner:
        inner.setattr(loop._Steps, "on_train_batch_end", interrupt)
        with pytest.raises(KeyboardInterrupt):
            train()


def assert_equal_weights(one: Path, other: Path) -> None:
    networks = [load_network(path / "model.keras") for path in (one, other)]
    for ours, theirs in zip(networks[0].weights, networks[1].weights, strict=True):
        np.testing.assert_array_equal(np.asarray(ours), np.asarray(theirs))


def test_a_killed_run_resumes_to_the_same_weights_and_needs_its_language_model(
    tagger: "seqnlp.Run[seqnlp.Tagger]",
    models: dict[str, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model = tmp_path / "characters"
    shutil.copytree(models["characters"], model)
    output = tmp_path / "run"
    interrupted(lambda: train_tagger(output, model), 1, 0, monkeypatch)
    model.rename(tmp_path / "moved")
    with pytest.raises(ConfigError, match=r"network\.language_model: .*characters does not exist"):
        seqnlp.train("tagger", output=output, resume=True, quiet=True)
    (tmp_path / "moved").rename(model)
    resumed = seqnlp.train("tagger", output=output, resume=True, quiet=True)
    assert_equal_weights(tagger.path, resumed.path)
    shutil.rmtree(model)
    assert resumed.model("Ada Lovelace slept.").tags == tagger.model("Ada Lovelace slept.").tags
    assert seqnlp.train("tagger", output=output, resume=True, quiet=True).metrics == resumed.metrics


def test_a_changed_language_model_is_one_line(
    models: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = tmp_path / "model"
    shutil.copytree(models["characters"], model)
    interrupted(lambda: train_tagger(tmp_path / "run", model), 1, 0, monkeypatch)
    network = load_network(model / "model.keras")
    network.output_bias.assign(network.output_bias + 1)
    save_network(network, model / "model.keras")
    with pytest.raises(DataError, match=r"network\.language_model: .* changed since the run started"):
        seqnlp.train("tagger", output=tmp_path / "run", resume=True, quiet=True)
    shutil.rmtree(model)
    shutil.copytree(models["words"], model)
    with pytest.raises(ConfigError, match="was not prepared with the language model"):
        seqnlp.train("tagger", output=tmp_path / "run", resume=True, quiet=True)


def test_wrong_runs_are_one_line(
    tagger: "seqnlp.Run[seqnlp.Tagger]", models: dict[str, Path], tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    for path, message in {
        tagger.path: "run is a tagger, not a language model",
        tmp_path / "none": "none does not exist",
        tmp_path / "empty": "empty is not a finished run",
    }.items():
        with pytest.raises(ConfigError, match=rf"^network\.language_model: .*{message}$"):
            train_tagger(tmp_path / "run", path)
    with pytest.raises(ConfigError, match=r"^network\.fine_tuning needs network\.language_model$"):
        seqnlp.train(
            "tagger",
            train=SENTENCES,
            settings={"network.fine_tuning": "gradual"},
            output=tmp_path / "run",
            quiet=True,
        )
    assert not (tmp_path / "run").exists()


def test_a_prepared_corpus_has_the_tokens_of_its_language_model(
    tagger: "seqnlp.Run[seqnlp.Tagger]", models: dict[str, Path], tmp_path: Path
) -> None:
    task = get_task("tagger")
    values = {**SMALL, "network.characters": "none", "network.language_model": models["characters"]}
    memory = {"train": SENTENCES, "dev": SENTENCES[:8]}
    prepared = prepare(task, task.settings().load(values=values), memory)
    prepared.write(tmp_path / "prepared", task)
    del values["network.language_model"]

    def train(**more: Any) -> "seqnlp.Run[Any]":
        return seqnlp.train(
            "tagger",
            prepared=tmp_path / "prepared",
            settings={**values, **more},
            epochs=2,
            output=tmp_path / "run",
            quiet=True,
        )

    with pytest.raises(ConfigError, match=r"prepared with a language model; give network\.language_model"):
        train()
    with pytest.raises(ConfigError, match=r"was not prepared with the language model .*words; prepare it"):
        train(**{"network.language_model": str(models["words"])})
    run = train(**{"network.language_model": str(models["characters"])})
    assert run.metrics["dev"] == tagger.metrics["dev"]


@pytest.mark.parametrize("search", ["cky", "greedy"])
def test_a_parser_reads_a_language_model(search: str, models: dict[str, Path], tmp_path: Path) -> None:
    trees = corpora.load("sample/trees").train[:12]
    run = seqnlp.train(
        "parser",
        train=trees,
        dev=trees[:4],
        settings={
            **SMALL,
            "network.layers": 1,
            "network.span_units": 6,
            "network.character_filters": 4,
            "network.search": search,
            "network.language_model": str(models["words"]),
        },
        epochs=1,
        output=tmp_path / "run",
        quiet=True,
    )
    nodes = [node.op_type for node in onnx.load(run.path / "model.onnx").graph.node]
    assert nodes.count("LSTM") == 3  # two layers of the language model, which only reads backward
    assert run.model("Birds sing.").trees


def train_classifier(output: Path, model: Path, **settings: Any) -> "seqnlp.Run[seqnlp.Classifier]":
    return seqnlp.train(
        "classifier",
        train=REVIEWS,
        dev=REVIEWS[:4],
        settings={
            **SMALL,
            "network.log_count_ratios": False,
            "network.language_model": str(model),
            "network.layers": 0,
            "network.pooling": "concat",
            **settings,
        },
        epochs=3,
        output=output,
        quiet=True,
    )


def test_a_classifier_fine_tunes_its_language_model_gradually(
    models: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each epoch unfreezes a group; a killed run has the same weights; there is no further layer."""
    seen: list[list[Array]] = []
    run_epoch = loop._Loop.run_epoch

    def remember(loop_: loop._Loop) -> None:
        run_epoch(loop_)
        groups = loop_.network.unfrozen_groups
        seen.append([np.concatenate([np.ravel(weight) for weight in group]) for group in groups])

    settings = {"network.fine_tuning": "gradual", "training.averaging": 0.0}
    with monkeypatch.context() as patch:
        patch.setattr(loop._Loop, "run_epoch", remember)
        run = train_classifier(tmp_path / "run", models["words"], **settings)
    language = load_network(models["words"] / "model.keras")
    first, last = language.chains["backward"]
    start = [
        np.concatenate([np.ravel(weight) for weight in layer.trainable_weights]) for layer in (last, first)
    ]
    start.append(np.ravel(language.input_table))
    changed = [
        [not np.array_equal(old, new) for old, new in zip(before, after, strict=True)]
        for before, after in zip([start, *seen[:-1]], seen, strict=True)
    ]
    assert changed == [[False, False, False], [True, False, False], [True, True, False]]
    nodes = [node.op_type for node in onnx.load(run.path / "model.onnx").graph.node]
    assert nodes.count("LSTM") == 2
    card = " ".join((run.path / "README.md").read_text(encoding="utf-8").split())
    assert "no recurrent layer" in card
    assert "states of the language model words (fine-tuned)" in card

    def train() -> Any:
        return train_classifier(tmp_path / "killed", models["words"], **settings)

    interrupted(train, 1, 0, monkeypatch)
    resumed = seqnlp.train("classifier", output=tmp_path / "killed", resume=True, quiet=True)
    assert_equal_weights(run.path, resumed.path)


def test_states_of_a_corpus_are_computed_once(
    models: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The stored states are those of the network; no epoch computes them again."""
    from seqnlp.data.batching import Batch
    from seqnlp.training.language_features import compute_features

    task = get_task("tagger")
    values = {**SMALL, "network.characters": "none", "network.language_model": models["characters"]}
    memory = {"train": SENTENCES, "dev": SENTENCES[:8]}
    settings = task.settings().load(values=values)
    prepared = prepare(task, settings, memory)
    network = task.build_network(prepared, settings)
    layer = network.encoder.language_states
    features = compute_features(layer, prepared.train, tmp_path / "states.npy")
    batch = Batch(np.array([3, 0]), 3, int(prepared.train.lengths.max()))
    expected = np.asarray(layer(prepared.train.batch(batch))).swapaxes(0, 1)
    found = features.batch(batch)["language_states"]
    for place, row in enumerate(batch.rows):
        length = prepared.train.lengths[row]
        np.testing.assert_allclose(found[place, :length], expected[place, :length], atol=1e-3)
    run = RunDirectory(tmp_path / "run")
    run.checkpoints.mkdir(parents=True)
    computed = task.precompute(network, prepared, settings, run)
    names = set(computed.train.batch(batch))
    assert names == {"words", "lengths", "language_states", "tags"} | {"spellings", "characters"}


def test_training_starts_from_a_tagger_with_a_language_model(
    tagger: "seqnlp.Run[seqnlp.Tagger]", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without any step, the new model has the same predictions, also for words that are new in its data."""
    monkeypatch.setattr(loop._Loop, "finished", True)
    other = corpora.load("sample/ner").train[100:130]
    run = seqnlp.train(
        "tagger", train=other, dev=SENTENCES[:8], start_from=tagger.path, output=tmp_path / "run", quiet=True
    )
    assert run.model.codec.language == tagger.model.codec.language
    assert len(run.model.codec.words) > len(tagger.model.codec.words)
    texts = [" ".join(sentence.words) for sentence in other]
    assert [each.tags for each in run.model.predict(texts)] == [
        each.tags for each in tagger.model.predict(texts)
    ]
    assert run.history[0]["dev"]["f1"] == pytest.approx(tagger.metrics["dev"]["f1"])
