"""Words as the tokens of a language model, compared with a text that is read character by character."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqnlp.data.batching import Batch, Windows
from seqnlp.data.language_codec import END, LanguageCodec
from seqnlp.data.language_words import (
    EncodedLanguage,
    LanguageFeatures,
    count_tokens,
    encode_language,
)
from seqnlp.data.words import WordCodec
from seqnlp.text.vocabulary import UNKNOWN, Vocabulary, WordForm

words = st.lists(st.text(st.sampled_from("abAİß 1\n"), max_size=4), max_size=5)
rows = st.lists(words, min_size=1, max_size=4)


def make_codec(unit: str, lower: bool = False, direction: str = "both") -> LanguageCodec:
    return replace(LanguageCodec.learn(["a b ab 1 a b"], unit, lower), direction=direction)


@given(rows=rows, lower=st.booleans())
def test_characters_are_those_of_the_joined_words(rows: list[list[str]], lower: bool) -> None:
    codec = make_codec("characters", lower)
    encoded = encode_language(codec, rows)
    start = word = 0
    for row, length in zip(rows, encoded.lengths.tolist(), strict=True):
        text = " ".join(row)
        assert encoded.tokens[start : start + length].tolist() == [END, *codec.encode(text), END]
        for number in range(len(row)):
            # The text before the word, and the text up to its end, tell where the states belong.
            before = len(codec.split(" ".join([*row[:number], ""] if number else [])))
            after = len(codec.split(" ".join(row[: number + 1]))) + 1
            assert encoded.places["tokens_before"][word] == before
            assert encoded.places["tokens_after"][word] == after
            word += 1
        start += length
    assert encoded.words.tolist() == [len(row) for row in rows]


@given(rows=rows)
def test_words_have_at_least_one_token(rows: list[list[str]]) -> None:
    codec = make_codec("words")
    encoded = encode_language(codec, rows)
    start = word = 0
    for row, length in zip(rows, encoded.lengths.tolist(), strict=True):
        tokens = encoded.tokens[start : start + length].tolist()
        assert tokens[0] == tokens[-1] == END
        place = 1
        for each in row:
            ids = codec.encode(each) or [UNKNOWN]
            first, last = (encoded.places[f"tokens_{name}"][word] for name in ("before", "after"))
            assert (first, tokens[first : last + 1]) == (place, ids)
            place, word = last + 1, word + 1
        assert place == length - 1
        start += length


def test_places_are_those_of_the_directions_of_the_model() -> None:
    found = {
        direction: set(encode_language(make_codec("characters", direction=direction), [["a"]]).places)
        for direction in ("forward", "backward", "both")
    }
    assert found["forward"] == {"tokens_after"}
    assert found["backward"] == {"tokens_before"}
    assert found["both"] == {"tokens_after", "tokens_before"}


def test_a_batch_is_padded_to_its_longest_row_and_arrays_are_restored() -> None:
    encoded = encode_language(make_codec("characters"), [["ab", "a"], ["b"], ["a", "b", "ab"]])
    again = EncodedLanguage.from_arrays(encoded.to_arrays())
    assert again is not None
    batch = again.batch(Batch(np.array([1, 0]), count=3, length=2))
    assert batch["token_lengths"].tolist() == [3, 6, 0]
    assert batch["tokens"].shape == (3, 6)
    assert batch["tokens_after"].tolist() == [[2, 0], [3, 5], [0, 0]]
    assert batch["tokens_before"].tolist() == [[0, 0], [0, 3], [0, 0]]
    assert EncodedLanguage.from_arrays({}) is None


def test_features_are_padded_with_zeros() -> None:
    features = LanguageFeatures(np.arange(6, dtype=np.float16).reshape(3, 2), np.array([1, 2]))
    found = features.batch(Batch(np.array([1, 0]), count=3, length=2))["language_states"]
    assert found.dtype == np.float32
    assert found.tolist() == [[[2, 3], [4, 5]], [[0, 1], [0, 0]], [[0, 0], [0, 0]]]


@pytest.mark.parametrize("unit", ["characters", "words"])
def test_windows_are_texts_of_their_own(unit: str) -> None:
    """Neighbouring windows share words, and each has the tokens of its own words."""
    language = make_codec(unit)
    codec = WordCodec(
        words=Vocabulary(["a"]),
        form=WordForm(),
        characters=Vocabulary(["a"]),
        max_length=4,
        context=1,
        language=language,
    )
    sentence = ["a", "b", "ab", "1", "a", "b", "ab"]
    encoded = codec.encode([sentence])
    windows = Windows.from_lengths([7], 4, 1)
    bounds = zip(windows.starts.tolist(), windows.lengths.tolist(), strict=True)
    cut = [sentence[start : start + length] for start, length in bounds]
    expected = encode_language(language, cut)
    assert len(cut) > 1
    assert isinstance(encoded.language, EncodedLanguage)
    for name, array in expected.to_arrays().items():
        np.testing.assert_array_equal(encoded.language.to_arrays()[name], array)
    again = WordCodec.from_spec(codec.to_spec())
    assert again.language == language
    assert codec.summary()["language_model"]["unit"] == unit


@given(rows=st.lists(st.lists(st.text("ab", min_size=1, max_size=6), min_size=1), min_size=1))
def test_estimated_lengths_differ_by_a_constant(rows: list[list[str]]) -> None:
    flat = [word for row in rows for word in row]
    windows = Windows.from_lengths([len(row) for row in rows], 1000)
    for unit in ("characters", "words"):
        codec = make_codec(unit)
        encoded = encode_language(codec, rows)
        difference = encoded.lengths - count_tokens(codec, flat, windows)
        assert len(set(difference.tolist())) == 1
