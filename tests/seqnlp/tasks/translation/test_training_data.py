"""Training data: dropped pairs, vocabularies, prepared corpora and batches."""

import logging

import numpy as np
import pytest

from seqnlp.errors import ConfigError, DataError
from seqnlp.records import Origin, SentencePair
from seqnlp.tasks.corpus import prepare
from seqnlp.tasks.prepared import load_prepared, prepared_report
from seqnlp.tasks.translation.filtering import describe_dropped
from seqnlp.tasks.translation.settings import TranslatorSettings
from seqnlp.tasks.translation.task import TranslatorTask
from seqnlp.text.vocabulary import UNKNOWN

KEPT = [SentencePair("a dog", "ein Hund"), SentencePair("two dogs run", "zwei Hunde laufen")]
EMPTY = [SentencePair(" ", "nichts"), SentencePair("nothing", "")]
LONG = [SentencePair("a " * 40, "ein " * 30)]
UNEQUAL = [SentencePair("a", "ein Hund und noch ein Hund")]
TASK = TranslatorTask()


@pytest.fixture
def prepared(prepare_pairs):
    return prepare_pairs((*KEPT, *EMPTY, *LONG, *UNEQUAL), (*EMPTY, *KEPT), max_length=60, ratio=5.0)


def test_dropped_pairs_are_counted_by_reason(prepare_pairs, caplog) -> None:
    with caplog.at_level(logging.WARNING):
        prepared = prepare_pairs((*KEPT, *EMPTY, *LONG, *UNEQUAL), (*EMPTY, *KEPT), max_length=60, ratio=5.0)
    assert len(prepared.train.lengths) == 2
    dropped = prepared.facts["dropped"]
    assert dropped == {
        "with an empty side": 2,
        "with more than 60 subwords": 1,
        "with a length ratio above 5": 1,
    }
    description = "2 with an empty side, 1 with more than 60 subwords, 1 with a length ratio above 5"
    assert describe_dropped(dropped) == description
    assert caplog.messages == [f"training pairs left out: {description}"]
    assert len(prepared.held_out["dev"].encoded.lengths) == len(prepared.held_out["dev"].examples) == 4


def test_without_dropped_pairs_there_is_no_warning(prepare_pairs, caplog) -> None:
    assert prepare_pairs(KEPT, KEPT).facts["dropped"] == {}
    assert not caplog.messages


def test_the_other_pairs_are_encoded_as_they_are(prepared) -> None:
    expected = prepared.codec.encode_pairs(KEPT)
    for one, other in (
        (prepared.train.sources, expected.sources),
        (prepared.train.targets, expected.targets),
    ):
        np.testing.assert_array_equal(one.ids, other.ids)
        np.testing.assert_array_equal(one.lengths, other.lengths)


def test_it_is_an_error_if_no_pair_is_left(prepare_pairs) -> None:
    origin = Origin("bad.tsv", 1)
    with pytest.raises(DataError, match=r"bad\.tsv: no training pair has both sides"):
        prepare_pairs([SentencePair("", "x", origin)], KEPT)
    with pytest.raises(DataError, match=r"no training pair is left: 1 with more than 60 subwords; text\."):
        prepare_pairs(LONG, KEPT, max_length=60)


def test_a_prepared_corpus_is_written_and_read(prepared, tmp_path) -> None:
    prepared.write(tmp_path, TASK)
    again = load_prepared(tmp_path, TASK)
    assert again.codec.to_spec() == prepared.codec.to_spec()
    assert (again.encoding, again.source, again.facts) == (prepared.encoding, prepared.source, prepared.facts)
    assert again.held_out["dev"].examples == prepared.held_out["dev"].examples
    np.testing.assert_array_equal(again.train.targets.ids, prepared.train.targets.ids)
    np.testing.assert_array_equal(again.train.sources.lengths, prepared.train.sources.lengths)


def test_a_report_has_both_sides_and_the_dropped_pairs(prepared) -> None:
    figures = prepared_report(TASK, prepared, TranslatorSettings()).to_dict()
    train, dev = (figures["splits"][name]["sides"] for name in ("train", "dev"))
    assert list(train) == ["source", "target"]
    assert train["source"]["records"] == 2
    assert train["target"]["tokens"] == prepared.train.tokens
    assert (train["source"]["unknown"], train["target"]["unknown"]) == (0, 0)
    pairs = prepared.held_out["dev"].encoded
    for side, ids in (("source", pairs.sources.ids), ("target", pairs.targets.ids)):
        assert dev[side]["unknown"] > 0
        assert dev[side]["unknown"] == pytest.approx(np.mean(ids == UNKNOWN), abs=1e-6)
    assert figures["source_subwords"] == len(prepared.codec.source)
    assert figures["dropped"] == prepared.facts["dropped"]


def test_tied_embeddings_need_a_joint_vocabulary(prepare_pairs, tmp_path) -> None:
    def settings(**values):
        return TranslatorSettings.load(values=values)

    TASK.check(settings(network={"tied": "all"}, text={"joint": True}))
    TASK.check(settings(network={"tied": "target"}))
    with pytest.raises(ConfigError, match="needs one vocabulary"):
        prepare(TASK, settings(network={"tied": "all"}), {"train": KEPT, "dev": KEPT})
    for joint in (False, True):
        prepare_pairs(KEPT, KEPT, joint=joint).write(tmp_path / str(joint), TASK)
    prepare(TASK, settings(network={"tied": "all"}, data={"prepared": tmp_path / "True"}))
    with pytest.raises(ConfigError, match="needs one vocabulary"):
        prepare(TASK, settings(network={"tied": "all"}, data={"prepared": tmp_path / "False"}))


def test_values_in_memory_become_pairs() -> None:
    options = TranslatorSettings.load(
        values={"format.source_column": "en", "format.target_column": "de"}
    ).format
    pair = SentencePair("a dog", "ein Hund")
    for value in (pair, ("a dog", "ein Hund"), ["a dog", "ein Hund"], {"de": "ein Hund", "en": "a dog"}):
        assert TASK.record(value, options) == pair
    for value in ("ab", ("a", 3), {"en": "a", "de": None}):
        with pytest.raises(TypeError, match="expected a SentencePair"):
            TASK.record(value, options)
    with pytest.raises(ConfigError, match="no column 'en'"):
        TASK.record({"source": "a dog"}, options)


def test_each_epoch_has_every_pair_once_in_a_new_order(prepare_pairs) -> None:
    random = np.random.default_rng(1)
    pairs = [SentencePair("a" * random.integers(1, 20), "b" * random.integers(1, 20)) for _ in range(200)]
    prepared = prepare_pairs(pairs, KEPT, max_length=60, ratio=30.0)
    batches = TASK.batches(prepared.train, TranslatorSettings.load(values={"training.batch_tokens": 128}))
    orders = []
    for epoch in (0, 1, 0):
        plan = batches.plan(epoch)
        assert len(plan) == batches.steps
        assert all(batch.positions <= 128 or batch.count == 2 for batch in plan)
        assert all(batch.count % 2 == 0 for batch in plan)
        rows = np.concatenate([batch.rows for batch in plan])
        assert sorted(rows.tolist()) == list(range(200))
        orders.append(rows.tolist())
    assert orders[0] == orders[2] != orders[1]
    written = sum(int(inputs["target_lengths"].sum()) for inputs, _ in batches.batches(0))
    assert written == batches.tokens == len(prepared.train.targets.ids)


def test_the_size_of_the_network_depends_on_the_corpus(prepared) -> None:
    sized = TranslatorSettings().network.sized
    assert (sized(199_999).units, sized(199_999).dimension) == (192, 128)
    assert (sized(200_000).units, sized(200_000).dimension) == (384, 256)
    settings = TranslatorSettings.load(values={"network.units": 8, "training.seed": 3})
    network = TASK.build_network(prepared, settings)
    assert network.arguments["decoder"]["dimension"] == 5
    assert TASK.describe(network, settings) == (
        "1 bidirectional GRU layer(s) and 2 GRU layer(s) of 8 units, general attention"
    )
