"""Evaluation of networks that adapt to a text."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import seqnlp
from seqnlp.data.language_codec import END
from seqnlp.errors import ConfigError
from seqnlp.tasks.language_modelling.adaptation import adapted_nats
from seqnlp.tasks.language_modelling.neural_cache import NeuralCache
from seqnlp.tasks.registry import get_task
from seqnlp.training.networks import load_network
from tests.seqnlp.tasks.language_modelling.conftest import LINES

TEXTS = LINES[:3]


@pytest.mark.parametrize("method", ["dynamic", "cache"])
def test_adapted_scores_stand_beside_those_of_the_model(lines_run: seqnlp.Run, method: str) -> None:
    plain = seqnlp.evaluate(lines_run.path, TEXTS).to_dict()
    scores = seqnlp.evaluate(lines_run.path, TEXTS, adapt=method)
    figures = scores.to_dict()
    adapted = figures.pop(method)
    assert figures == plain
    assert adapted["nats_per_token"] != plain["nats_per_token"]
    assert adapted["nats_per_token"] == pytest.approx(plain["nats_per_token"], rel=0.2)
    assert adapted["perplexity"] == pytest.approx(np.exp(adapted["nats_per_token"]))
    assert adapted["bits_per_byte"] / adapted["nats_per_token"] == pytest.approx(
        plain["bits_per_byte"] / plain["nats_per_token"]
    )
    *_, line = str(scores).splitlines()
    name = {"dynamic": "dynamic evaluation", "cache": "a neural cache"}[method]
    assert line.startswith(f"with {name}: nats_per_token {adapted['nats_per_token']:.4f}, bits_per_token")


def test_the_cache_reads_the_documents_in_order(lines_run: seqnlp.Run) -> None:
    codec = lines_run.model.codec
    rows = [[END, *codec.encode(text), END] for text in TEXTS]
    expected = -sum(NeuralCache(load_network(lines_run.path / "model.keras")).score(rows))
    scores = seqnlp.evaluate(lines_run.path, TEXTS, adapt="cache")
    assert scores.adapted["cache"] == pytest.approx(expected)


def test_a_model_file_alone_cannot_adapt(lines_run: seqnlp.Run, tmp_path: Path) -> None:
    shutil.copy(lines_run.path / "model.onnx", tmp_path / "model.onnx")
    with pytest.raises(ConfigError, match="adaptation needs the network, which only the directory of"):
        seqnlp.evaluate(tmp_path, TEXTS, adapt="cache")


def test_a_model_that_reads_backward_cannot_adapt(lines_run: seqnlp.Run) -> None:
    model = lines_run.model
    backward = replace(model, codec=replace(model.codec, direction="backward"))
    with pytest.raises(ConfigError, match="the network reads backward"):
        adapted_nats(get_task("language-model"), backward, [], "cache")


def test_an_unknown_method_is_one_line(lines_run: seqnlp.Run) -> None:
    with pytest.raises(ConfigError, match="adapt must be one of none, dynamic, cache, not 'both'"):
        seqnlp.evaluate(lines_run.path, TEXTS, adapt="both")
