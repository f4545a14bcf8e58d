"""A translator in use, on a file with random weights."""

import tracemalloc
from dataclasses import fields

import numpy as np
import pytest

import seqnlp
from benchmarks.plain_search import Options, make_step, score_hypothesis
from seqnlp.errors import ConfigError, ModelFileError
from seqnlp.metrics.translation import corpus_scores
from seqnlp.records import SentencePair
from seqnlp.tasks.export import write_network
from seqnlp.tasks.tagging.model import Tagger
from seqnlp.tasks.translation.building import build_network
from seqnlp.tasks.translation.model import Translator
from seqnlp.tasks.translation.search import SearchOptions
from seqnlp.tasks.translation.settings import NetworkSettings
from seqnlp.tasks.translation.task import TranslatorTask
from seqnlp.text.tokenizers.spaced import END

PAIRS = [
    SentencePair(source, target)
    for source, target in (("ab ba", "ba"), ("b", "b bb"), ("abba a", "ab ab"), ("a, b.", "a"))
]
TEXTS = ["ab", "", "b, a ab", "   ", "abba " * 9, "a", "bb b", "\u6f22"]


@pytest.fixture(scope="module")
def made(prepare_pairs):
    prepared = prepare_pairs(PAIRS, PAIRS, max_length=12)
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
    write_network(TranslatorTask(), [network], prepared, path, {})
    return path


@pytest.fixture(scope="module")
def translator(path) -> Translator:
    return Translator.load(path)


def test_a_file_is_opened_by_its_task(path) -> None:
    assert isinstance(seqnlp.load(path), Translator)
    with pytest.raises(ModelFileError, match="is a translator, not a tagger"):
        Tagger.load(path)


def test_translations_are_in_order_and_independent_of_the_batch(path, translator) -> None:
    found = translator.predict(TEXTS)
    assert [each.source for each in found] == TEXTS
    for text, each in zip(TEXTS, found, strict=True):
        assert translator(text).text == each.text
        assert translator(text).score == pytest.approx(each.score, abs=1e-5)
    small = Translator.load(path, threads=2, batch_size=1).predict(TEXTS)
    assert [each.text for each in small] == [each.text for each in found]


def test_words_are_translated_as_their_text(translator) -> None:
    assert translator.predict([("ab", "ba")])[0].to_dict() == translator("ab ba").to_dict()


def test_an_empty_text_stays_empty(translator) -> None:
    empty = translator("  ")
    assert (empty.text, empty.score, empty.subwords) == ("", 0.0, ())
    assert empty.hypotheses[0].alignment == []
    assert translator.predict([]) == []


def test_a_long_text_is_translated_in_segments(translator) -> None:
    text = "abba ab, b ab. " * 4
    segments = [translator.codec.source.decode(segment) for segment in translator.codec.segment(text)]
    assert len(segments) > 1
    whole, alone = translator(text), translator.predict(segments)
    assert whole.text == " ".join(each.text for each in alone)
    assert whole.score == pytest.approx(np.mean([each.score for each in alone]))
    attention = whole.hypotheses[0].attention
    assert attention.shape == (len(whole.hypotheses[0].subwords), len(whole.subwords))
    np.testing.assert_allclose(attention.sum(axis=1), 1, atol=1e-5)
    rows, columns = (len(alone[0].hypotheses[0].subwords), len(alone[0].subwords))
    np.testing.assert_allclose(attention[:rows, :columns], alone[0].hypotheses[0].attention, atol=1e-5)
    assert not attention[:rows, columns:].any()


def test_several_hypotheses(translator) -> None:
    (found,) = translator.predict(["abba"], SearchOptions(beam_size=4, n_best=3))
    assert len(found.hypotheses) == 3
    assert found.to_dict()["hypotheses"][0]["text"] == found.text
    (greedy,) = translator.predict(["abba"], SearchOptions(beam_size=1))
    assert len(greedy.hypotheses) == 1
    assert "hypotheses" not in greedy.to_dict()


def test_values_out_of_range_are_refused() -> None:
    with pytest.raises(ConfigError, match="n_best must not exceed beam_size: n_best is 3, beam_size 1"):
        SearchOptions(beam_size=1, n_best=3)
    with pytest.raises(ConfigError, match="beam_size must be from 1 to 1,000, not 0"):
        SearchOptions(beam_size=0)
    with pytest.raises(ConfigError, match="length_penalty must be from 0 to 100, not -1"):
        SearchOptions(length_penalty=-1)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), 10**30, -1])
@pytest.mark.parametrize("name", [each.name for each in fields(SearchOptions)])
def test_every_number_is_bounded(name: str, value: float) -> None:
    with pytest.raises(ConfigError, match=f"{name} must be from"):
        SearchOptions(**{name: value})


def test_whole_numbers_are_valid_penalties(translator) -> None:
    (one,) = translator.predict(["abba"], SearchOptions(length_penalty=0, coverage_penalty=1))
    (other,) = translator.predict(["abba"], SearchOptions(length_penalty=0.0, coverage_penalty=1.0))
    assert one.to_dict() == other.to_dict()


def test_likelihoods_are_those_of_the_network(made, translator) -> None:
    prepared, network = made
    found = translator.log_likelihoods(*zip(*((pair.source, pair.target) for pair in PAIRS), strict=True))
    for pair, (total, subwords) in zip(PAIRS, found, strict=True):
        source = prepared.codec.source.encode(pair.source)
        target = (*prepared.codec.target.encode(pair.target), END)
        plain = score_hypothesis(*make_step(network, source), Options(), target)
        assert total == pytest.approx(plain.total, abs=1e-4)
        assert subwords == len(target)


def test_impossible_references_do_not_count_for_the_perplexity(translator) -> None:
    seen = seqnlp.evaluate(translator, PAIRS).to_dict()
    more = seqnlp.evaluate(translator, [*PAIRS, SentencePair("a", "x")]).to_dict()
    assert more["perplexity"] == pytest.approx(seen["perplexity"], rel=1e-5)
    assert more["pairs"] == seen["pairs"] + 1


def test_evaluation_uses_the_options_of_the_search(translator) -> None:
    found = translator.predict([pair.source for pair in PAIRS], SearchOptions(beam_size=2, max_length=1))
    expected = corpus_scores([each.text for each in found], [pair.target for pair in PAIRS])
    scores = seqnlp.evaluate(translator, PAIRS, beam_size=2, max_length=1).to_dict()
    default = seqnlp.evaluate(translator, PAIRS).to_dict()
    assert {name: scores[name] for name in expected} == expected
    assert scores["chrf"] != default["chrf"]
    assert scores["perplexity"] == default["perplexity"]
    with pytest.raises(ConfigError, match="n_best must not exceed beam_size"):
        seqnlp.evaluate(translator, PAIRS, beam_size=1, n_best=2)


def test_attention_is_optional(translator) -> None:
    text = "abba ab, b ab. " * 4
    found = translator(text)
    (plain,) = translator.predict([text], attention=False)
    assert plain == found
    assert plain.hypotheses[0].segments == ()
    assert plain.hypotheses[0].alignment == []
    best = found.hypotheses[0]
    assert best.alignment == best.attention.argmax(axis=1).tolist()


@pytest.mark.parametrize("word", ["ab ", "a"])
@pytest.mark.parametrize("attention", [False, True])
def test_the_memory_for_one_text_is_linear_in_its_length(translator, word: str, attention: bool) -> None:
    def peak(count: int) -> int:
        tracemalloc.start()
        translator.predict([word * count], attention=attention)
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size

    peak(10)
    small, middle, large = map(peak, (500, 1000, 2000))
    assert middle < 3 * small
    assert large < 3 * middle


def test_a_translation_without_a_possible_hypothesis_is_empty(translator) -> None:
    count = len(translator.codec.target)
    options = SearchOptions(min_length=count + 1, max_length=count + 2, no_repeat_ngram_size=1)
    for found in translator.predict(["ab", "ab " * 100], options):
        assert (found.text, found.score) == ("", 0.0)
