"""Exported translators agree with their networks, alone and as an ensemble."""

import numpy as np
import pytest

from seqnlp.export.parity import ParityError
from seqnlp.records import SentencePair
from seqnlp.tasks.export import write_network
from seqnlp.tasks.translation import forced_decoding
from seqnlp.tasks.translation.building import build_network
from seqnlp.tasks.translation.model import Translator
from seqnlp.tasks.translation.settings import NetworkSettings
from seqnlp.tasks.translation.task import TranslatorTask

PAIRS = [
    SentencePair(source, target) for source, target in (("ab ba", "ba"), ("b", "b bb"), ("abba a", "ab"))
]
TASK = TranslatorTask()


@pytest.fixture(scope="module")
def prepared(prepare_pairs):
    return prepare_pairs(PAIRS, PAIRS)


def network_of(prepared, seed: int):
    return build_network(prepared.codec, NetworkSettings(dimension=6, units=8), seed)


def test_a_file_that_differs_is_not_written(prepared, tmp_path, monkeypatch) -> None:
    network, path = network_of(prepared, 1), tmp_path / "model.onnx"
    correct = forced_decoding.sum_log_likelihoods
    monkeypatch.setattr(forced_decoding, "sum_log_likelihoods", lambda *arguments: correct(*arguments) + 0.01)
    with pytest.raises(ParityError, match=r"the mean log probability of a target differs by \d"):
        write_network(TASK, [network], prepared, path, {})
    assert not list(tmp_path.iterdir())


def test_a_dev_target_with_an_unknown_character_does_not_prevent_the_export(prepare_pairs, tmp_path) -> None:
    prepared, path = prepare_pairs(PAIRS, [*PAIRS, SentencePair("a", "c")]), tmp_path / "model.onnx"
    write_network(TASK, [network_of(prepared, 1)], prepared, path, {})
    assert path.exists()


def test_an_ensemble_is_one_file(prepared, tmp_path) -> None:
    networks = [network_of(prepared, seed) for seed in (1, 2)]
    probabilities = []
    for number, chosen in enumerate((networks[:1], networks[1:], networks)):
        path = tmp_path / f"{number}.onnx"
        write_network(TASK, chosen, prepared, path, {})
        (found, _), *_ = Translator.load(path).log_likelihoods(["b"], [""])  # only the end symbol
        probabilities.append(np.exp(found))
    assert probabilities[2] == pytest.approx((probabilities[0] + probabilities[1]) / 2, rel=1e-4)
