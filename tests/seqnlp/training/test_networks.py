"""Saving and loading networks."""

import json
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import keras
import numpy as np
import pytest

from seqnlp.errors import ModelFileError
from seqnlp.tasks.tagging.network import TaggingNetwork
from seqnlp.tasks.tree_classification.network import TreeNetwork
from seqnlp.training.networks import load_network, save_network
from seqnlp.training.optimizer import LazyAdam


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """A network that was trained, as a file."""
    network = TreeNetwork(words=500, labels=3, dimension=20, units=4, cell="lstm", dropout=0.1, seed=1)
    network.build()
    optimizer = LazyAdam(0.1)
    optimizer.build(network.trainable_variables)
    network.compile(optimizer=optimizer)
    save_network(network, tmp_path / "model.keras")
    return tmp_path / "model.keras"


def test_a_file_has_the_weights_and_no_optimizer(saved: Path) -> None:
    network = load_network(saved)
    assert saved.stat().st_size < 1.5 * 4 * network.count_params() + 20_000
    with ZipFile(saved) as file:
        assert "LazyAdam" not in file.read("config.json").decode()
        assert b"optimizer" not in file.read("model.weights.h5")


def test_keras_itself_loads_the_file(saved: Path) -> None:
    network = keras.models.load_model(saved)
    for found, expected in zip(network.get_weights(), load_network(saved).get_weights(), strict=True):
        np.testing.assert_array_equal(found, expected)


def test_a_fresh_interpreter_needs_one_import(saved: Path) -> None:
    code = f"from seqnlp.training.networks import load_network; print(type(load_network({str(saved)!r})))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "<class 'seqnlp.tasks.tree_classification.network.TreeNetwork'>\n"


def test_a_network_of_another_class_is_refused(saved: Path) -> None:
    with pytest.raises(ModelFileError, match="contains a TreeNetwork, not a TaggingNetwork"):
        load_network(saved, TaggingNetwork)


@pytest.mark.parametrize("content", [b"not a model", None])
def test_a_damaged_or_missing_file_is_one_line(content: bytes | None, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "model.keras").write_bytes(content)
    with pytest.raises(ModelFileError, match="cannot be loaded") as failure:
        load_network(tmp_path / "model.keras", TaggingNetwork)
    assert len(str(failure.value).splitlines()) == 1


def test_a_file_cannot_have_a_foreign_module_imported(
    saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "evil.py").write_text("raise SystemExit('imported')")
    monkeypatch.syspath_prepend(tmp_path)
    with ZipFile(saved) as file:
        config = {**json.loads(file.read("config.json")), "module": "evil", "registered_name": "evil>Network"}
    with ZipFile(tmp_path / "evil.keras", "w") as file:
        file.writestr("config.json", json.dumps(config))
    with pytest.raises(ModelFileError, match="cannot be loaded"):
        load_network(tmp_path / "evil.keras")
