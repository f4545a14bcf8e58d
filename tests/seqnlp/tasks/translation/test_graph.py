"""Translators as files: held to their networks, alone and together."""

import numpy as np
import pytest

from seqnlp.export.parity import ParityError
from seqnlp.records import SentencePair
from seqnlp.tasks.translation import graph as exporting
from seqnlp.tasks.translation.building import build_network
from seqnlp.tasks.translation.data import Prepared
from seqnlp.tasks.translation.model import Translator
from seqnlp.tasks.translation.settings import NetworkSettings, PieceSettings

PAIRS = [
    SentencePair(source, target) for source, target in (("ab ba", "ba"), ("b", "b bb"), ("abba a", "ab"))
]
METADATA = {"spec": {}}


@pytest.fixture(scope="module")
def prepared() -> Prepared:
    return Prepared.of(PAIRS, {"dev": PAIRS}, PieceSettings(subwords=0), {})


def network_of(prepared: Prepared, seed: int):
    return build_network(prepared.codec, NetworkSettings(dimension=6, units=8), seed)


def test_a_file_that_differs_is_not_written(prepared, tmp_path, monkeypatch) -> None:
    network, path = network_of(prepared, 1), tmp_path / "model.onnx"
    true = exporting._log_likelihoods
    monkeypatch.setattr(exporting, "_log_likelihoods", lambda *arguments: true(*arguments) + 0.01)
    with pytest.raises(ParityError, match=r"differs from the network's by \d"):
        exporting.export_translator([network], prepared.codec, path, METADATA, prepared.held_out["dev"])
    assert not list(tmp_path.iterdir())


def test_an_ensemble_is_one_file(prepared, tmp_path) -> None:
    networks = [network_of(prepared, seed) for seed in (1, 2)]
    dev, worth = prepared.held_out["dev"], []
    for number, chosen in enumerate((networks[:1], networks[1:], networks)):
        path = tmp_path / f"{number}.onnx"
        exporting.export_translator(chosen, prepared.codec, path, METADATA, dev)
        (found, _), *_ = Translator.load(path).log_likelihoods(["b"], [""])  # the end alone, a single piece
        worth.append(np.exp(found))
    assert worth[2] == pytest.approx((worth[0] + worth[1]) / 2, rel=1e-4)
