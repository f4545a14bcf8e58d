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


@given(text=texts, before=texts)
def test_words_after_a_text_begin_with_a_space_where_they_need_one(text: str, before: str) -> None:
    codec = LanguageCodec.learn([text], "words")
    found, plain = codec.decode(codec.encode(text), before), codec.decode(codec.encode(text))
    needed = before and not before[-1].isspace() and plain and not plain.startswith("\n")
    assert found == (f" {plain}" if needed else plain)


CODE = "if a:\n    return  b\n\n\tÖ a"


@given(text=st.text(st.sampled_from(CODE)), before=st.text(st.sampled_from(CODE)))
def test_subwords_restore_a_text(text: str, before: str) -> None:
    codec = LanguageCodec.learn([CODE], "subwords", max_size=80)
    for context in ("", before):
        ids = codec.encode(text, context)
        assert not {END, UNKNOWN} & {*ids}
        assert codec.decode([*ids, END, *ids], context) == "".join(codec.split(text, context)) == text
    assert codec.decode(codec.encode(before) + codec.encode(text, before)) == before + text


def test_subwords_in_lower_case() -> None:
    codec = LanguageCodec.learn([CODE], "subwords", lower=True)
    assert codec.decode(codec.encode(CODE)) == CODE.lower()
    assert codec.encode("é") == [UNKNOWN]


@given(text=texts, other=texts)
def test_abc_restores_a_text_and_spells_unknown_tokens(text: str, other: str) -> None:
    codec = LanguageCodec.learn([text, other, text], "abc", min_count=2)
    for each in (text, other, text + other):
        ids = codec.encode(each)
        assert END not in ids
        assert UNKNOWN not in ids
        assert codec.decode([*ids, END, *ids]) == each
        assert list(map(codec.vocabulary.entry, ids)) == codec.split(each)


def test_abc_has_the_tokens_of_music() -> None:
    codec = LanguageCodec.learn(["K:D\nA2B2|A2c3", "K:G\nA2B2"], "abc", min_count=2)
    assert codec.split("K:D\nB2c3") == ["K", ":", "D", "\n", "B2", "c", "3"]
    assert codec.encode("K:E")[-1] == UNKNOWN
    assert codec.unit.noun == "ABC tokens"


@given(text=texts, other=texts, unit=st.sampled_from(["characters", "subwords", "words", "abc"]))
def test_a_codec_survives_its_spec(text: str, other: str, unit: str) -> None:
    codec = LanguageCodec.learn([text], unit, lower=True)
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
