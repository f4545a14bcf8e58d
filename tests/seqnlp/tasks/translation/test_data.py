"""Parallel corpora made ready, and their batches."""

import numpy as np
import pytest

from seqnlp.errors import ConfigError, DataError
from seqnlp.records import Origin, SentencePair
from seqnlp.tasks.translation.data import Pairs, Prepared, TranslationBatches, described, require_joint
from seqnlp.tasks.translation.settings import PieceSettings, TranslatorTraining

KEPT = [SentencePair("a dog", "ein Hund"), SentencePair("two dogs run", "zwei Hunde laufen")]
EMPTY = [SentencePair(" ", "nichts"), SentencePair("nothing", "")]
LONG = [SentencePair("a " * 40, "ein " * 30)]
UNLIKE = [SentencePair("a", "ein Hund und noch ein Hund")]
TEXT = PieceSettings(subwords=0, longest=60, ratio=5.0)


def prepared_of(train=(*KEPT, *EMPTY, *LONG, *UNLIKE), text=TEXT) -> Prepared:
    return Prepared.of(train, {"dev": [*EMPTY, *KEPT]}, text, {"corpus": "made up"})


def test_pairs_that_are_left_out_are_counted() -> None:
    prepared = prepared_of()
    assert len(prepared.train) == 2
    assert prepared.dropped == {
        "with an empty side": 2,
        "with more than 60 pieces": 1,
        "with 5 times as many pieces on one side as on the other": 1,
    }
    assert described(prepared.dropped).startswith("2 with an empty side, 1 with more than 60 pieces, 1 with")
    assert len(prepared.held_out["dev"]) == 4


def test_what_is_kept_is_what_was_read() -> None:
    prepared = prepared_of()
    expected = Pairs.of(prepared.codec, KEPT)
    for one, other in (
        (prepared.train.sources, expected.sources),
        (prepared.train.targets, expected.targets),
    ):
        np.testing.assert_array_equal(one.ids, other.ids)
        np.testing.assert_array_equal(one.lengths, other.lengths)


def test_nothing_left_is_an_error() -> None:
    origin = Origin("bad.tsv", 1)
    with pytest.raises(DataError, match=r"bad\.tsv: no training pair has both sides"):
        prepared_of([SentencePair("", "x", origin)])
    with pytest.raises(DataError, match=r"no training pair is left: 1 with more than 60 pieces"):
        prepared_of(LONG)


def test_it_is_written_and_read(tmp_path) -> None:
    prepared = prepared_of()
    prepared.write(tmp_path)
    again = Prepared.load(tmp_path)
    assert again.codec.to_spec() == prepared.codec.to_spec()
    assert (again.text, again.source, again.dropped) == (prepared.text, prepared.source, prepared.dropped)
    assert again.held_out["dev"].pairs == prepared.held_out["dev"].pairs
    np.testing.assert_array_equal(again.train.targets.ids, prepared.train.targets.ids)


def test_a_joint_vocabulary_is_one() -> None:
    joint = prepared_of(text=TEXT.model_copy(update={"joint": True})).codec
    assert joint.source.to_spec() == joint.target.to_spec()
    apart = prepared_of().codec
    assert apart.source.to_spec() != apart.target.to_spec()
    require_joint("all", TEXT.model_copy(update={"joint": True}))
    require_joint("target", TEXT)
    with pytest.raises(ConfigError, match="needs one vocabulary"):
        require_joint("all", TEXT)


def test_each_epoch_has_every_pair_once_in_an_order_of_its_own() -> None:
    random = np.random.default_rng(1)
    pairs = [SentencePair("a" * random.integers(1, 20), "b" * random.integers(1, 20)) for _ in range(200)]
    prepared = Prepared.of(pairs, {"dev": KEPT}, TEXT.model_copy(update={"ratio": 30.0}), {})
    batches = TranslationBatches.of(prepared.train, TranslatorTraining(batch_tokens=128))
    orders = []
    for epoch in (0, 1, 0):
        plan = batches.plan(epoch)
        assert len(plan) == batches.steps
        assert all(batch.positions <= 128 or batch.count == 2 for batch in plan)
        rows = np.concatenate([batch.rows for batch in plan])
        assert sorted(rows.tolist()) == list(range(200))
        orders.append(rows.tolist())
    assert orders[0] == orders[2] != orders[1]
    written = sum(int(inputs["target_lengths"].sum()) for inputs, _ in batches.batches(0))
    assert written == batches.tokens == len(prepared.train.targets.ids)
