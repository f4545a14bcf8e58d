"""A translator in use, on a file with random weights."""

import numpy as np
import pytest

import seqnlp
from benchmarks.plain_search import Options, scored, stepping
from seqnlp.errors import ConfigError, ModelFileError
from seqnlp.records import SentencePair
from seqnlp.serving.evaluation import evaluate_translator
from seqnlp.tasks.tagging.model import Tagger
from seqnlp.tasks.translation.building import build_network
from seqnlp.tasks.translation.data import Prepared
from seqnlp.tasks.translation.graph import export_translator
from seqnlp.tasks.translation.model import Translator
from seqnlp.tasks.translation.search import SearchOptions
from seqnlp.tasks.translation.settings import NetworkSettings, PieceSettings
from seqnlp.text.tokenizers.spaced import END

PAIRS = [
    SentencePair(source, target)
    for source, target in (("ab ba", "ba"), ("b", "b bb"), ("abba a", "ab ab"), ("a, b.", "a"))
]
TEXTS = ["ab", "", "b, a ab", "   ", "abba " * 9, "a", "bb b", "\u6f22"]


@pytest.fixture(scope="module")
def made():
    prepared = Prepared.of(PAIRS, {"dev": PAIRS}, PieceSettings(subwords=0, longest=12), {})
    network = build_network(prepared.codec, NetworkSettings(dimension=6, units=8), seed=1)
    random = np.random.default_rng(4)
    for weight in network.trainable_variables:
        weight.assign(random.normal(size=weight.shape, scale=0.7))
    network.output_bias.assign(np.eye(len(prepared.codec.target))[END])
    return prepared, network


@pytest.fixture(scope="module")
def path(made, tmp_path_factory):
    prepared, network = made
    path = tmp_path_factory.mktemp("translator") / "model.onnx"
    export_translator([network], prepared.codec, path, {"spec": {}}, prepared.held_out["dev"])
    return path


@pytest.fixture(scope="module")
def translator(path) -> Translator:
    return Translator.load(path)


def test_it_opens_by_its_task(path) -> None:
    assert isinstance(seqnlp.load(path), Translator)
    with pytest.raises(ModelFileError, match="is a translator, not a tagger"):
        Tagger.load(path)


def test_texts_come_out_in_order_whatever_is_beside_them(path, translator) -> None:
    found = translator.predict(TEXTS)
    assert [each.source for each in found] == TEXTS
    for text, each in zip(TEXTS, found, strict=True):
        assert translator(text).text == each.text
        assert translator(text).score == pytest.approx(each.score, abs=1e-5)
    small = Translator.load(path, threads=2, batch_size=1).predict(TEXTS)
    assert [each.text for each in small] == [each.text for each in found]


def test_words_are_their_text(translator) -> None:
    assert translator.predict([("ab", "ba")])[0].to_dict() == translator("ab ba").to_dict()


def test_an_empty_text_stays_empty(translator) -> None:
    empty = translator("  ")
    assert (empty.text, empty.score, empty.pieces) == ("", 0.0, ())
    assert empty.hypotheses[0].alignment == []
    assert translator.predict([]) == []


def test_a_long_text_is_its_parts(translator) -> None:
    text = "abba ab, b ab. " * 4
    parts = [translator.codec.source.decode(part) for part in translator.codec.parts(text)]
    assert len(parts) > 1
    whole, alone = translator(text), translator.predict(parts)
    assert whole.text == " ".join(each.text for each in alone)
    assert whole.score == pytest.approx(np.mean([each.score for each in alone]))
    attention = whole.hypotheses[0].attention
    assert attention.shape == (len(whole.hypotheses[0].pieces), len(whole.pieces))
    np.testing.assert_allclose(attention.sum(axis=1), 1, atol=1e-5)
    rows, columns = (len(alone[0].hypotheses[0].pieces), len(alone[0].pieces))
    np.testing.assert_allclose(attention[:rows, :columns], alone[0].hypotheses[0].attention, atol=1e-5)
    assert not attention[:rows, columns:].any()


def test_several_hypotheses(translator) -> None:
    (found,) = translator.predict(["abba"], SearchOptions(beam_size=4, best=3))
    assert len(found.hypotheses) == 3
    assert found.to_dict()["hypotheses"][0]["translation"] == found.text
    (greedy,) = translator.predict(["abba"], SearchOptions(beam_size=1))
    assert len(greedy.hypotheses) == 1
    assert "hypotheses" not in greedy.to_dict()
    with pytest.raises(ConfigError, match="best is 3 and beam_size 1: no more can be had than are followed"):
        SearchOptions(beam_size=1, best=3)


def test_likelihoods_are_those_of_the_network(made, translator) -> None:
    prepared, network = made
    found = translator.log_likelihoods(*zip(*((pair.source, pair.target) for pair in PAIRS), strict=True))
    for pair, (total, pieces) in zip(PAIRS, found, strict=True):
        source = prepared.codec.source.encode(pair.source)
        target = (*prepared.codec.target.encode(pair.target), END)
        plain = scored(*stepping(network, source), Options(), target)
        assert total == pytest.approx(plain.total, abs=1e-4)
        assert pieces == len(target)


def test_references_that_cannot_be_written_do_not_count(translator) -> None:
    seen = evaluate_translator(translator, PAIRS).to_dict()
    more = evaluate_translator(translator, [*PAIRS, SentencePair("a", "x")]).to_dict()
    assert more["perplexity"] == pytest.approx(seen["perplexity"], rel=1e-5)
    assert more["pairs"] == seen["pairs"] + 1
