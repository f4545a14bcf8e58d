"""Stop strings, compared with a search in the decoded text."""

from collections.abc import Callable, Sequence

from hypothesis import given
from hypothesis import strategies as st

from seqnlp.data.language_codec import END, LanguageCodec
from seqnlp.data.token_units.words import WordUnit
from seqnlp.tasks.language_modelling.stopping import Stopping, TokenTexts, cut_at_stop
from seqnlp.text.vocabulary import Vocabulary

TOKENS = ["a", "b", "ab", "ba", "aab", "abb", "bab", "c", "\n", "bb", "é"]
FIRST = END + 1


def join(ids: Sequence[int]) -> str:
    """Decode tokens of several characters without spaces."""
    return "".join(TOKENS[number - FIRST] for number in ids)


WORDS = LanguageCodec(WordUnit(Vocabulary([" end ", *TOKENS])), lower=False)
STOPS = st.lists(st.text("ab\n é", min_size=1, max_size=5), min_size=1, max_size=3)
IDS = st.lists(st.integers(FIRST, END + len(TOKENS)), max_size=15)


@given(stops=STOPS, ids=IDS, decode=st.sampled_from([join, WORDS.decode]))
def test_the_last_token_completes_the_first_stop_string(
    stops: list[str], ids: list[int], decode: Callable[[Sequence[int]], str]
) -> None:
    texts = TokenTexts.learn(decode, FIRST + len(TOKENS), END)
    stopping = Stopping.from_texts(stops, texts, END)
    state = 0
    for place in range(len(ids)):
        text = decode(ids[: place + 1])
        state = stopping.follow(ids[place : place + 1], state)
        assert (state == stopping.complete) == any(stop in text for stop in stops)
        if state == stopping.complete:
            break
        starts = (stop[:size] for stop in stops for size in range(len(stop)))
        assert stopping.depths[state] == max(len(start) for start in starts if text.endswith(start))
    assert stopping.follow([*ids, END]) == stopping.complete


@given(stops=STOPS, text=st.text("ab\n é", max_size=20))
def test_a_text_is_cut_before_the_stop_string_that_is_complete_first(stops: list[str], text: str) -> None:
    found, stopped = cut_at_stop(text, stops)
    ends = [size for size in range(len(text) + 1) if any(stop in text[:size] for stop in stops)]
    assert stopped == bool(ends)
    whole = text[: ends[0]] if ends else text
    assert found == (
        min((whole[: whole.find(stop)] for stop in stops if stop in whole), key=len) if ends else text
    )


def test_without_stop_strings_only_the_end_symbol_completes_a_text() -> None:
    stopping = Stopping.at_end(6, END)
    assert stopping.follow([3, 4, 5]) == 0
    assert stopping.follow([3, END, 4]) == stopping.complete == 1
    assert stopping.inputs([0, 0])["stops"].tolist() == [[0, 0, 1, 0, 0, 0], [1] * 6]
