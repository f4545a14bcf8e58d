"""Codecs of language models: texts to ids and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqnlp.data.language_codec import END, LanguageCodec
from seqnlp.errors import ModelFileError
from seqnlp.text.vocabulary import UNKNOWN

texts = st.text(st.characters(exclude_categories=()))


@given(text=texts)
def test_characters_restore_a_text(text: str) -> None:
    codec = LanguageCodec.learn([text], "characters")
    ids = codec.encode(text)
    assert END not in ids
    assert codec.decode([*ids, END, *ids]) == text


@given(text=texts)
def test_words_restore_a_text_except_for_spaces(text: str) -> None:
    codec = LanguageCodec.learn([text], "words")
    ids = codec.encode(text)
    expected = "\n".join(" ".join(line.split()) for line in text.split("\n"))
    assert codec.decode(ids) == expected
    assert len(ids) == len(expected.split()) + expected.count("\n")


@given(text=texts, other=texts)
def test_a_codec_survives_its_spec(text: str, other: str) -> None:
    codec = LanguageCodec.learn([text], "characters", lower=True)
    again = LanguageCodec.from_spec(codec.to_spec())
    assert again.encode(other) == codec.encode(other)
    assert len(again) == len(codec)


def test_rare_and_unseen_tokens_are_unknown() -> None:
    codec = LanguageCodec.learn(["a a a b b c"], "words", min_count=2, max_size=1)
    assert codec.encode("a b c d") == [3, UNKNOWN, UNKNOWN, UNKNOWN]
    assert codec.decode([3, UNKNOWN]) == "a \ufffd"


def test_a_token_never_is_the_end_symbol() -> None:
    assert END not in LanguageCodec.learn(["end [END]  end "], "words").encode(" end [END]")


@pytest.mark.parametrize(
    "change",
    [{"unit": "bytes"}, {"vocabulary": {"closed": False, "entries": ["a"]}}, {"vocabulary": 1}, {"lower": 1}],
)
def test_a_damaged_spec_is_refused(change: dict[str, object]) -> None:
    spec = {**LanguageCodec.learn(["ab"], "characters").to_spec(), **change}
    with pytest.raises(ModelFileError, match="damaged"):
        LanguageCodec.from_spec(spec)
