"""Subwords that preserve spaces: texts are restored, and ids equal those of tensorflow-text."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqnlp.errors import ConfigError, DataError, ModelFileError
from seqnlp.text.subword_learning import learn_spaced
from seqnlp.text.tokenizers.spaced import END, RESERVED, SpacedSubwords
from seqnlp.text.vocabulary import UNKNOWN

TEXTS = [
    "The dog's bone, (the old one) cost 12.50 euros!",
    "Ein Hund läuft; zwei Hunde laufen … ##nicht## weit.",
    "the the lower house lowers the lowest rate",
    "東京は大きい。#tag @me http://example.org/?a=b&c=d",
] * 5
CHARACTERS = "".join(sorted(set("".join(TEXTS)) - {" "}))


@pytest.fixture(scope="module")
def subwords() -> SpacedSubwords:
    return learn_spaced(TEXTS, 300)


def spaced(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


@given(st.text(st.sampled_from(CHARACTERS + "  \t")))
def test_a_text_of_known_characters_is_restored(subwords, text: str) -> None:
    ids = subwords.encode(text)
    assert UNKNOWN not in ids
    assert subwords.decode(ids) == spaced(text)


@given(st.text())
def test_any_text_has_subwords(subwords, text: str) -> None:
    ids = subwords.encode(text)
    assert all(UNKNOWN <= number < len(subwords) and number != END for number in ids)
    assert bool(ids) == bool(text.split())


@given(st.text(st.sampled_from(CHARACTERS + "   ")))
def test_ids_equal_those_of_tensorflow_text(subwords, text: str) -> None:
    tensorflow_text = pytest.importorskip("tensorflow_text")
    peer = tensorflow_text.FastWordpieceTokenizer(
        list(subwords.vocabulary.entries), unknown_token="[UNK]", no_pretokenization=True
    )
    chunks = [chunk for chunk in spaced(text).split(" ") if chunk and len(chunk.encode()) <= 100]
    expected = [number for chunk in chunks for number in peer.tokenize([chunk]).to_list()[0]]
    assert subwords.encode(" ".join(chunks)) == expected


def test_no_subword_contains_letters_and_punctuation(subwords) -> None:
    entries = subwords.vocabulary.entries
    assert entries[:3] == RESERVED
    assert "the" in entries
    texts = (entry.removeprefix("##") for entry in entries[3:])
    assert all(len(text) == 1 or text.isalnum() for text in texts if text != "##")


@given(st.text())
def test_the_first_subword_of_a_text_can_start(subwords, text: str) -> None:
    assert subwords.can_start[subwords.encode(text)[:1]].all()


def test_continuations_cannot_start() -> None:
    subwords = SpacedSubwords([*RESERVED, "a", "##a", "##"])
    assert subwords.can_start[END:].tolist() == [True, True, False, True]


def test_a_run_of_unknown_characters_is_one_unknown_subword(subwords) -> None:
    assert subwords.encode("Привет, the").count(UNKNOWN) == 1
    assert subwords.decode(subwords.encode("Привет, the")) == "[UNK], the"


@pytest.mark.parametrize("size", [0, 120, 200])
def test_the_vocabulary_is_not_larger_than_its_size(size: int) -> None:
    found = learn_spaced(TEXTS, size)
    assert len(found) <= size or not size
    assert learn_spaced(reversed(TEXTS), size).to_spec() == found.to_spec()
    text = TEXTS[0]
    assert found.decode(found.encode(text)) == text
    if not size:
        assert len(found.encode(text)) == len(text.replace(" ", ""))


def test_lower_lowercases_texts() -> None:
    subwords = learn_spaced(TEXTS, 0, lower=True)
    assert subwords.decode(subwords.encode("The DOG")) == "the dog"


def test_subwords_are_restored_from_their_spec(subwords) -> None:
    again = SpacedSubwords.from_spec(subwords.to_spec())
    assert again.to_spec() == subwords.to_spec()
    assert again.encode(TEXTS[0]) == subwords.encode(TEXTS[0])
    with pytest.raises(ModelFileError, match="in the model is damaged"):
        SpacedSubwords.from_spec({"vocabulary": {}, "lower": False})


def test_learning_needs_words_and_room_for_characters() -> None:
    with pytest.raises(DataError, match="no words"):
        learn_spaced([" ", ""], 100)
    with pytest.raises(ConfigError, match="a vocabulary of 20 has no room for"):
        learn_spaced(TEXTS, 20)
