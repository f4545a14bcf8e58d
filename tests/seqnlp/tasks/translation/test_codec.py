"""Texts to arrays and back."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqnlp.data.batching import Batch
from seqnlp.errors import ModelFileError
from seqnlp.tasks.translation.codec import TranslationCodec, inputs_of
from seqnlp.text.subword_learning import learn_spaced
from seqnlp.text.tokenizers.spaced import END
from seqnlp.text.vocabulary import UNKNOWN

PAIRS = [("a dog", "ein Hund"), ("", "nichts"), ("the old dog", "der alte Hund")]


@pytest.fixture(scope="module")
def codec() -> TranslationCodec:
    sources, targets = zip(*PAIRS, strict=True)
    return TranslationCodec(learn_spaced(sources, 0), learn_spaced(targets, 0))


def test_targets_come_back(codec) -> None:
    targets = codec.encode_targets(target for _, target in PAIRS)
    rows = np.split(targets.ids, np.cumsum(targets.lengths)[:-1])
    assert [codec.decode(row.tolist()) for row in rows] == [target for _, target in PAIRS]
    assert codec.decode([*rows[0].tolist(), 5, 5]) == "ein Hund"
    assert codec.decode([END]) == ""


def test_an_empty_source_is_one_unknown_piece(codec) -> None:
    assert codec.encode([""]).ids.tolist() == [UNKNOWN]


def test_inputs_are_the_target_moved_by_one(codec) -> None:
    sources = codec.encode(source for source, _ in PAIRS)
    targets = codec.encode_targets(target for _, target in PAIRS)
    batch = Batch(np.array([2, 0]), count=3, length=14)
    inputs, wanted = inputs_of(sources, targets, batch)
    for row, number in enumerate(batch.rows):
        length = targets.lengths[number]
        assert inputs["target_lengths"][row] == length
        assert inputs["lengths"][row] == sources.lengths[number]
        assert wanted[row, length - 1] == END
        assert inputs["before"][row, 0] == END
        np.testing.assert_array_equal(inputs["before"][row, 1:length], wanted[row, : length - 1])
        assert not inputs["before"][row, length:].any()
        assert not inputs["source"][row, inputs["lengths"][row] :].any()
    assert not any(values[2].any() for values in (*inputs.values(), wanted))


def test_it_comes_back_from_its_spec(codec) -> None:
    again = TranslationCodec.from_spec(codec.to_spec())
    assert again.to_spec() == codec.to_spec()
    with pytest.raises(ModelFileError, match="the codec in the model is damaged"):
        TranslationCodec.from_spec({})


@given(
    st.lists(st.text("ab,.", min_size=1, max_size=9), max_size=40).map(" ".join),
    st.integers(min_value=5, max_value=20),
)
def test_parts_hold_all_pieces_in_order(codec, text: str, longest: int) -> None:
    short = replace(codec, source=learn_spaced(["ab,."], 0), max_length=longest)
    parts = short.parts(text)
    assert [piece for part in parts for piece in part] == short.source.encode(text)
    assert all(0 < len(part) <= longest for part in parts)


def test_parts_end_behind_a_mark_if_they_can(codec) -> None:
    short = replace(codec, source=learn_spaced(["ab,."], 0), max_length=10)

    def cut(text: str) -> list[str]:
        return [short.source.decode(part) for part in short.parts(text)]

    assert cut("") == []
    assert cut("aaa bbb") == ["aaa bbb"]
    assert cut("aaa bb, a bbb bbb") == ["aaa bb,", "a bbb bbb"]
    assert cut("a, bbb bbb bbb") == ["a, bbb bbb", "bbb"]  # the mark is in the first half
    assert cut("a" * 23) == ["a" * 10, "a" * 10, "aaa"]
