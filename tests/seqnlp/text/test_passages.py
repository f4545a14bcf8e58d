"""Passages: together they are the text, and they end where tokens do not change."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqnlp.data.language_codec import LanguageCodec
from seqnlp.text.passages import cut_passages

TEXTS = st.one_of(st.text(), st.text(st.sampled_from("ab \n\t")))
WORDS = st.lists(st.tuples(*[st.sampled_from(["a", "bc", "d\n  e", "f  g"])] * 2), min_size=1, max_size=30)


@given(text=TEXTS, size=st.integers(1, 20), cuts=st.lists(st.integers(0, 50)))
def test_passages_are_the_text_and_do_not_depend_on_its_pieces(text: str, size: int, cuts: list[int]) -> None:
    found = list(cut_passages([text], size))
    assert "".join(found) == text
    assert all(found)
    assert all(len(each) <= size for each in found[:-1])
    assert not found or len(found[-1]) <= size + 1
    bounds = [0, *sorted(cuts), len(text)]
    pieces = [text[start:end] for start, end in pairwise(bounds)]
    assert list(cut_passages(pieces, size)) == found


@pytest.mark.parametrize("unit", ["words", "subwords"])
@given(words=WORDS)
def test_cuts_between_words_do_not_change_the_tokens(unit: str, words: list[tuple[str, str]]) -> None:
    text = "".join(f"{first} {second}\n" for first, second in words)
    codec = LanguageCodec.learn([text * 3 + "abcdefg"], unit, max_size=60)
    ids, before = list[int](), ""
    for passage in cut_passages([text], 12):
        ids += codec.encode(passage, before)
        before = passage
    assert ids == codec.encode(text)


def test_a_text_is_cut_anywhere_if_it_has_no_good_place() -> None:
    assert list(cut_passages(["a" * 25], 10)) == ["a" * 10, "a" * 10, "a" * 5]
    text = "word " + "a" * 2000
    assert [len(each) for each in cut_passages([text], 1500)] == [1500, 505]
    assert (
        re.sub(r"\s", "", "|".join(cut_passages(["one  two\n  three\nfour five"], 18)))
        == "onetwothree|fourfive"
    )
