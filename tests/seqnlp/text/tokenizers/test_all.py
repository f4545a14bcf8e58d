"""Properties of all tokenizers, for any text."""

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from seqnlp.errors import ConfigError, ModelFileError
from seqnlp.text.tokenizers import NAMES, Token, get_tokenizer

CUTTERS = [name for name in NAMES if name != "subwords"]

any_character = st.characters(exclude_categories=())
# Characters that the patterns treat specially, so that hypothesis finds edge cases.
telling = st.sampled_from(
    [
        *"aAnNtTsSzé.,:;!?'’-_@#&/()[]{}<>$%€*+=~^\\|`\"",
        *"0٣ \n\t\x00\xad\u0301\u200b\u200c\u200d\ufe0f\u20e3\u2028\u3000",
        *"漢あアー한\u1100\u1161\u11a8हि\U0001f1e9\U0001f469\U0001f3fd\U0001f468\ud83d\ude00",
        *[
            "Mr.",
            "No.",
            "U.S.",
            "n't",
            "'ll",
            "http://",
            "www.",
            "a@b.c",
            "x.org/",
            "...",
            ":-)",
            "<3",
            "&amp;",
        ],
    ]
)
texts = st.one_of(st.text(any_character), st.lists(st.one_of(telling, any_character)).map("".join))


@pytest.mark.parametrize("name", CUTTERS)
@given(text=texts)
@example("\u200d\u3000")
@example("\u200d\u205f")
def test_offsets_are_exact_and_everything_but_space_is_in_one_token(name: str, text: str) -> None:
    covered = 0
    for token in get_tokenizer(name).tokenize(text):
        assert type(token) is Token
        assert covered <= token.start < token.end <= len(text)
        assert token.text == text[token.start : token.end]
        assert not any(map(str.isspace, token.text))
        assert text[covered : token.start].strip() == ""
        covered = token.end
    assert text[covered:].strip() == ""


@pytest.mark.parametrize("name", CUTTERS)
@given(text=texts)
def test_split_returns_the_texts_of_the_tokens(name: str, text: str) -> None:
    tokenizer = get_tokenizer(name)
    assert tokenizer.split(text) == [token.text for token in tokenizer.tokenize(text)]


@pytest.mark.parametrize("name", CUTTERS)
@given(text=texts)
def test_marks_stay_with_their_base(name: str, text: str) -> None:
    for token in get_tokenizer(name).tokenize(text):
        if unicodedata.category(token.text[0]).startswith("M"):
            assert token.start == 0 or text[token.start - 1].isspace()


UNITS = [
    *"aAé1_-.'’@#/([:\x00\u0301\u200d漢한\u1100\u1161👩🇩\ud800",
    *["a.", "A.", "a-", "a'", "a+", "a@", "a/", "1,", "1.", "n't", "'s", "AA.", "I. ", "Mr.", "No. ", "..a"],
    *["http://", "www.", "http://.", "http://(", "http://a(", "a@b.", "a.b/", "aaaa.aaaa.", "a.a+a@"],
    *["é\u0301", "👩\u200d", "a\u0301", "a\u200d", ":-", "<3", "#a", "@a.", "&a", "a&", ":'", "(:", "^_"],
]


@pytest.mark.parametrize(
    ("name", "units"), [("words", UNITS), ("tweets", UNITS), *((name, ["a", "é\u0301"]) for name in NAMES)]
)
def test_long_runs_of_anything_are_split(name: str, units: list[str]) -> None:
    """With quadratic running time, this test would take hours."""
    spec = {"closed": True, "entries": ["[UNK]", "a", "##a"]}
    cutter = get_tokenizer({"name": name, "lower": True, "vocabulary": spec} if name == "subwords" else name)
    for unit in units:
        text = unit * (100_000 // len(unit))
        tokens = cutter.tokenize(text)
        assert tokens[-1].end == len(text.rstrip())
        assert all(token.text == text[token.start : token.end] for token in tokens[:100])


@pytest.mark.parametrize("name", CUTTERS)
def test_spec_gives_the_same_tokenizer(name: str) -> None:
    assert get_tokenizer(get_tokenizer(name).to_spec()) is get_tokenizer(name)
    assert get_tokenizer(name).name == name
    assert get_tokenizer(name).to_spec() == {"name": name}


def test_an_unknown_name_suggests_the_nearest_one() -> None:
    with pytest.raises(ConfigError, match="unknown tokenizer 'wrods'; did you mean 'words'"):
        get_tokenizer("wrods")
    with pytest.raises(ConfigError, match=r"choose from words, whitespace, tweets, characters, subwords"):
        get_tokenizer("xyzzy")
    with pytest.raises(ConfigError, match="unknown tokenizer 'None'"):
        get_tokenizer({})


def test_subwords_need_a_vocabulary() -> None:
    with pytest.raises(ConfigError, match="needs a vocabulary"):
        get_tokenizer("subwords")
    with pytest.raises(ModelFileError, match="damaged"):
        get_tokenizer({"name": "subwords", "vocabulary": {}, "lower": True})


@pytest.mark.parametrize("name", CUTTERS)
def test_no_group_has_a_possessive_repeat(name: str) -> None:
    # Before Python 3.11.5 such a repeat may move the matcher back by a character (gh-106052).
    assert not re.search(r"(?<!\\)\)(?:[*+?]|\{\d*,?\d*\})\+", get_tokenizer(name)._pattern.pattern)
