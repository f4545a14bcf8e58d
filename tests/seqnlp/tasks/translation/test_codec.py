"""Texts to subword ids and back."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqnlp.data.batching import Batch
from seqnlp.errors import ModelFileError
from seqnlp.records import SentencePair
from seqnlp.tasks.translation.codec import TranslationCodec
from seqnlp.text.subword_learning import learn_spaced
from seqnlp.text.tokenizers.spaced import END
from seqnlp.text.vocabulary import UNKNOWN

PAIRS = [
    SentencePair("a dog", "ein Hund"),
    SentencePair("", "nichts"),
    SentencePair("the old dog", "der alte Hund"),
]


@pytest.fixture(scope="module")
def codec() -> TranslationCodec:
    return TranslationCodec.learn(PAIRS, subwords=0)


def test_decoding_restores_targets(codec) -> None:
    targets = codec.encode_pairs(PAIRS).targets
    rows = np.split(targets.ids, np.cumsum(targets.lengths)[:-1])
    assert [codec.decode(row.tolist()) for row in rows] == [pair.target for pair in PAIRS]
    assert codec.decode([*rows[0].tolist(), 5, 5]) == "ein Hund"
    assert codec.decode([END]) == ""


def test_an_empty_source_is_one_unknown_subword(codec) -> None:
    assert codec.encode([""]).ids.tolist() == [UNKNOWN]


def test_the_previous_subwords_are_the_target_shifted_by_one(codec) -> None:
    pairs = codec.encode_pairs(PAIRS)
    batch = Batch(np.array([2, 0]), count=3, length=14)
    arrays = pairs.batch(batch)
    for row, number in enumerate(batch.rows):
        length = pairs.targets.lengths[number]
        assert arrays["target_lengths"][row] == length
        assert arrays["lengths"][row] == pairs.sources.lengths[number]
        assert arrays["target"][row, length - 1] == END
        assert arrays["previous"][row, 0] == END
        np.testing.assert_array_equal(arrays["previous"][row, 1:length], arrays["target"][row, : length - 1])
        assert not arrays["previous"][row, length:].any()
        assert not arrays["source"][row, arrays["lengths"][row] :].any()
    assert not any(values[2].any() for values in arrays.values())


def test_a_codec_is_restored_from_its_spec(codec) -> None:
    again = TranslationCodec.from_spec(codec.to_spec())
    assert again.to_spec() == codec.to_spec()
    with pytest.raises(ModelFileError, match="the codec in the model is damaged"):
        TranslationCodec.from_spec({})


def test_a_joint_vocabulary_is_the_same_on_both_sides(codec) -> None:
    joint = TranslationCodec.learn(PAIRS, subwords=0, joint=True)
    assert joint.source.to_spec() == joint.target.to_spec()
    assert codec.source.to_spec() != codec.target.to_spec()


@given(
    st.lists(st.text("ab,.", min_size=1, max_size=9), max_size=40).map(" ".join),
    st.integers(min_value=5, max_value=20),
)
def test_segments_contain_all_subwords_in_order(codec, text: str, max_length: int) -> None:
    short = replace(codec, source=learn_spaced(["ab,."], 0), max_length=max_length)
    segments = short.segment(text)
    assert [subword for segment in segments for subword in segment] == short.source.encode(text)
    assert all(0 < len(segment) <= max_length for segment in segments)


def test_segments_end_after_a_mark_if_possible(codec) -> None:
    short = replace(codec, source=learn_spaced(["ab,."], 0), max_length=10)

    def cut(text: str) -> list[str]:
        return [short.source.decode(segment) for segment in short.segment(text)]

    assert cut("") == []
    assert cut("aaa bbb") == ["aaa bbb"]
    assert cut("aaa bb, a bbb bbb") == ["aaa bb,", "a bbb bbb"]
    assert cut("a, bbb bbb bbb") == ["a, bbb bbb", "bbb"]  # the mark is in the first half
    assert cut("a" * 23) == ["a" * 10, "a" * 10, "aaa"]
