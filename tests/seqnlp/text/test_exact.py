"""Exact subwords: any text is restored, white space and line breaks included."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seqnlp.errors import ConfigError
from seqnlp.text.subword_learning import learn_exact
from seqnlp.text.tokenizers.exact import ALWAYS, ExactSubwords
from seqnlp.text.vocabulary import UNKNOWN

CODE = "def area(width):\n    if width < 0:\n        return None\n\n    return width * width  # not a cube\n"
SUBWORDS = ExactSubwords(learn_exact([CODE * 20], 150))
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=())),
    st.text(sorted({*CODE, "\t", "\u2003", "\x85", "é", "#", "☃"})),
)


def expected(text: str) -> str:
    known = {*CODE, *ALWAYS}
    return "".join(each if each in known else "\N{REPLACEMENT CHARACTER}" for each in text)


@given(text=TEXTS)
def test_a_text_is_restored_except_for_unknown_characters(text: str) -> None:
    assert SUBWORDS.decode(SUBWORDS.encode(text)) == expected(text)
    assert "".join(SUBWORDS.split(text)) == text
    assert len(SUBWORDS.split(text)) == len(SUBWORDS.encode(text))


@settings(max_examples=50)
@given(text=TEXTS)
def test_no_character_of_the_training_text_is_unknown(text: str) -> None:
    """Each character has at most a half of the room, so 400 subwords are enough for 100 characters."""
    subwords = ExactSubwords(learn_exact([text[:80]], 400))
    ids = subwords.encode(text[:80])
    assert (UNKNOWN in ids) == ("\ue000" in text[:80])
    if UNKNOWN not in ids:
        assert subwords.decode(ids) == text[:80]


@given(text=TEXTS, cut=st.integers(0, 30))
def test_a_text_is_restored_in_two_pieces(text: str, cut: int) -> None:
    first, second = text[:cut], text[cut:]
    ids = SUBWORDS.encode(second, before=first)
    assert SUBWORDS.decode(ids, before=first) == expected(second)
    assert "".join(SUBWORDS.split(second, before=first)) == second
    assert SUBWORDS.decode([*SUBWORDS.encode(first), *ids]) == expected(text)


@given(text=TEXTS)
def test_cuts_before_single_spaces_and_after_line_breaks_do_not_change_the_ids(text: str) -> None:
    for place in [match.start() for match in re.finditer(r"(?<=\S)(?= \S)|(?<=\n)(?=\S)", text)]:
        first, second = text[:place], text[place:]
        assert SUBWORDS.encode(text) == SUBWORDS.encode(first) + SUBWORDS.encode(second, before=first)


def test_frequent_words_and_indentation_become_subwords() -> None:
    assert SUBWORDS.split("0:\n        return width") == ["0", ":", "\n        ", "return", " width"]
    assert SUBWORDS.split("width*width") == ["width", "*", "width"]
    assert len(SUBWORDS.encode(CODE)) < len(CODE) / 2.5


def test_the_longest_subword_comes_first_and_only_unknown_characters_are_unknown() -> None:
    subwords = ExactSubwords(["a", "##a", "aa", "##aa", " ", "## ", "\n", "##\n"])
    assert subwords.encode("aaaaa aa") == [5, 6, 4, 5]
    assert subwords.encode("aéaa é") == [3, UNKNOWN, 6, 7, UNKNOWN]
    assert subwords.decode([3, UNKNOWN, 6, 7, UNKNOWN]) == "a\ufffdaa \ufffd"
    assert subwords.decode([3], before="a") == " a"
    assert subwords.decode([4], before="a") == "a"
    assert [subwords.decode([3], before=text) for text in ("", "a ", "a\n", "é")] == ["a"] * 4
    with pytest.raises(ValueError, match="twice"):
        ExactSubwords(["a", "a"])


def test_rare_characters_are_unknown() -> None:
    assert ExactSubwords(learn_exact(["aaab"], 40, min_count=2)).encode("ab ba")[1] == UNKNOWN
    letters = "".join(chr(0x4E00 + number) * (number + 1) for number in range(100))
    subwords = ExactSubwords(learn_exact([letters], 80))
    known = [
        chr(0x4E00 + number) for number in range(100) if UNKNOWN not in subwords.encode(chr(0x4E00 + number))
    ]
    assert known == [chr(0x4E00 + number) for number in range(82, 100)]


def test_a_size_that_is_too_small_is_refused() -> None:
    with pytest.raises(ConfigError, match="a subword vocabulary needs a size of at least 16, not 15"):
        learn_exact(["a"], 15)
    for size in (16, 20, 40):
        assert len(learn_exact([CODE], size)) <= size


def test_equal_texts_give_equal_subwords_in_any_pieces() -> None:
    assert learn_exact([CODE * 5], 200) == learn_exact([CODE] * 5, 200)
