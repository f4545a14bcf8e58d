"""Training and evaluation of language models."""

import math
import tracemalloc
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

import seqnlp
from seqnlp.data.language_codec import END
from seqnlp.data.token_units import TOKEN_UNITS
from seqnlp.errors import DataError
from seqnlp.records import Document
from seqnlp.tasks.corpus import prepare
from seqnlp.tasks.language_modelling.settings import TextSettings
from seqnlp.tasks.registry import get_task
from seqnlp.tasks.training import load_settings
from seqnlp.training import loop
from seqnlp.training.networks import load_network
from tests.seqnlp.tasks.language_modelling.conftest import LINES, train
from tests.seqnlp.tasks.language_modelling.test_network import make_network


def test_training_lowers_the_loss(lines_run: seqnlp.Run) -> None:
    first, *_, last = [epoch["dev"]["nats_per_token"] for epoch in lines_run.history]
    assert last < first


def test_evaluation_scores_each_document_from_its_beginning(lines_run: seqnlp.Run) -> None:
    network = load_network(lines_run.path / "model.keras")
    codec = lines_run.model.codec
    rows = [np.array([[END, *codec.encode(line), END]], np.int32) for line in LINES[:3]]
    found = np.concatenate([network.log_probabilities(row)[0] for row in rows])
    scores = seqnlp.evaluate(lines_run.model, LINES[:3])
    assert scores.nats_per_token == pytest.approx(-found.mean(), abs=1e-5)
    assert scores.perplexity == pytest.approx(math.exp(-found.mean()), rel=1e-4)
    assert scores.bits_per_token == pytest.approx(-found.mean() / math.log(2), abs=1e-5)
    figures = scores.to_dict()
    assert figures["tokens"] == len(found) == sum(len(line) + 1 for line in LINES[:3])
    assert figures["bits_per_byte"] == pytest.approx(-found.sum() / math.log(2) / sum(map(len, LINES[:3])))


def test_a_killed_run_resumes_to_the_same_weights(
    lines_run: seqnlp.Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The carried states are in the checkpoint; the second epoch is interrupted in its middle."""
    steps = loop._Steps.on_train_batch_end

    def interrupt(callback: loop._Steps, batch: int, logs: object = None) -> None:
        steps(callback, batch, logs)
        if callback.epoch == 1 and batch == 2:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(loop._Steps, "on_train_batch_end", interrupt)
        with pytest.raises(KeyboardInterrupt):
            train(tmp_path / "run")
    resumed = seqnlp.train("language-model", output=tmp_path / "run", resume=True, quiet=True)
    networks = [load_network(run.path / "model.keras") for run in (lines_run, resumed)]
    for one, other in zip(networks[0].weights, networks[1].weights, strict=True):
        np.testing.assert_array_equal(np.asarray(one), np.asarray(other))


def test_the_last_layer_of_a_tied_network_has_the_units_of_an_embedding() -> None:
    task = get_task("language-model")
    assert task.describe(make_network(), task.settings()()) == "2 LSTM layer(s) of 6 units"
    assert task.describe(make_network(tied=True), task.settings()()) == "2 LSTM layer(s) of 6, 4 units"
    assert task.describe(make_network(tied=True, layers=1), task.settings()()) == "1 LSTM layer(s) of 4 units"


def test_settings_have_all_units_of_tokens() -> None:
    assert get_args(TextSettings.model_fields["unit"].annotation) == tuple(TOKEN_UNITS)


def test_the_end_of_a_single_document_is_held_out() -> None:
    task = get_task("language-model")
    records = [Document("a" * 50), Document("b" * 30 + "c" * 20)]
    train, dev = task.hold_out(records)
    assert [document.text for document in train] == ["a" * 50, "b" * 30 + "c" * 10]
    assert [document.text for document in dev] == ["c" * 10]
    assert task.describe_dev(records, dev) == "the last 10 characters of the training text"
    with pytest.raises(DataError, match="too short to hold out dev data"):
        task.hold_out([Document("short")])
    records = [Document(str(number)) for number in range(20)]
    train, dev = task.hold_out(records)
    assert (len(train), len(dev)) == (18, 2)
    assert task.describe_dev(records, dev) == "2 of 20 training documents"


@pytest.mark.parametrize("text", ["ab", "one short line"])
def test_a_short_text_trains(text: str, tmp_path: Path) -> None:
    run = seqnlp.train(
        "language-model",
        train=[text],
        dev=[text],
        settings={"network.units": 4},
        epochs=1,
        output=tmp_path / "run",
        quiet=True,
    )
    assert run.metrics["dev"]["nats_per_token"] > 0


def test_words_that_are_all_rare_are_one_line(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="the training data have no words that occur often enough"):
        seqnlp.train(
            "language-model",
            train=["every word once"],
            dev=["every"],
            settings={"text.unit": "words"},
            output=tmp_path / "run",
            quiet=True,
        )
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("unit", ["file", "line"])
def test_a_file_is_prepared_in_memory_that_does_not_grow(unit: str, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("the cat sat on the mat, and the mat is red\n" * 150_000, encoding="utf-8")
    settings = load_settings(get_task("language-model"), {"format.document": unit}, {"data.train": path})
    prepare(get_task("language-model"), settings)  # imports
    tracemalloc.start()
    try:
        prepared = prepare(get_task("language-model"), settings)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    documents = prepared.train.lengths
    assert prepared.train.tokens + prepared.held_out["dev"].encoded.tokens > path.stat().st_size - 2
    # A document needs some bytes for its place and for the choice of dev data.
    assert peak < 2_500_000 + 40 * len(documents)
