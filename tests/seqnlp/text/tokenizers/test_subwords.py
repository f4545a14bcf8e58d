"""Subwords are equal to those of tensorflow-text."""

import os
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate, chain
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from seqnlp.errors import DataError, ModelFileError
from seqnlp.text.subword_learning import learn_subwords
from seqnlp.text.tokenizers import get_tokenizer
from seqnlp.text.tokenizers.subwords import Subwords

SAMPLES = Path(__file__).parents[4] / "corpora" / "samples"
Found = list[tuple[int, int, int]]
"""The id, start and end of each subword."""
Graph = Callable[[Sequence[str]], list[Found]]


def sentences_of(path: Path) -> list[str]:
    """Return the sentences of a CoNLL file, with single spaces between words."""
    blocks = path.read_text("utf-8").strip().split("\n\n")
    return [" ".join(line.split()[0] for line in block.split("\n") if line) for block in blocks]


def in_graph(vocabulary: Sequence[str], lower: bool) -> Graph:
    """Return the tokenizer of tensorflow-text. Its offsets are bytes."""
    import tensorflow as tf
    import tensorflow_text

    theirs = tensorflow_text.FastBertTokenizer(list(vocabulary), lower_case_nfd_strip_accents=lower)

    def cut(texts: Sequence[str]) -> list[Found]:
        ragged = theirs.tokenize_with_offsets(tf.constant([text.encode() for text in texts]))
        return [
            list(zip(*row, strict=True)) for row in zip(*(part.to_list() for part in ragged), strict=True)
        ]

    return cut


def in_bytes(subwords: Subwords, text: str) -> Found:
    ids, tokens = subwords.encode(text)
    assert [token.text for token in tokens] == [text[token.start : token.end] for token in tokens]
    places: Sequence[int] = range(len(text) + 1)
    if not text.isascii():
        places = [0, *accumulate(len(character.encode()) for character in text)]
    return [
        (number, places[token.start], places[token.end]) for number, token in zip(ids, tokens, strict=True)
    ]


def disagreements(subwords: Subwords, texts: Sequence[str], graph: Graph) -> list[str]:
    pairs = zip(texts, graph(texts), strict=True)
    return [text for text, found in pairs if in_bytes(subwords, text) != found]


@pytest.mark.parametrize("lower", [False, True])
def test_samples(lower: bool) -> None:
    texts = list(chain.from_iterable(map(sentences_of, sorted(SAMPLES.glob("*.conll")))))
    assert len(texts) > 1000
    subwords = learn_subwords(texts[::8], 400, lower)
    assert disagreements(subwords, texts, in_graph(subwords.vocabulary.entries, lower)) == []
    ratios = [len(subwords.encode(text).ids) / len(text.split()) for text in texts]
    assert 1 < sum(ratios) / len(ratios) < 4


@pytest.fixture(scope="module")
def conll2002() -> list[str]:
    if "NLTK_DATA" not in os.environ:
        pytest.skip("needs conll2002 in NLTK_DATA")
    from nltk.corpus import conll2002

    files = [f"{language}.{split}" for language in ("esp", "ned") for split in ("train", "testa", "testb")]
    return [" ".join(words) for file in files for words in conll2002.sents(file)]


@pytest.mark.parametrize("lower", [False, True])
def test_conll2002(conll2002: list[str], lower: bool) -> None:
    assert len(conll2002) > 35_000
    subwords = learn_subwords(conll2002[::100], 2000, lower)
    assert disagreements(subwords, conll2002, in_graph(subwords.vocabulary.entries, lower)) == []


LETTERS = "abcdeß漢é"
VOCABULARY = [
    *[
        "[PAD]",
        "[UNK]",
        "[CLS]",
        "##",
        "#",
        "...",
        ".",
        "!",
        "##!",
        "a.b",
        "##a.",
        "don't",
        "东京",
        "漢",
        "##漢",
    ],
    *LETTERS.replace("漢", ""),
    *["##" + letter for letter in LETTERS if letter != "漢"],
    *[
        "ab",
        "abc",
        "##bc",
        "##cde",
        "abcde",
        "ss",
        "##ss",
        "##sa",
        "1",
        "##1",
        "2",
        "##2",
        "##⁄",
        "##⁄2",
        "É",
    ],
    *["😀", "##😀", "σ", "##σ", "i", "##i", "fi", "##fi", "##\u0301", "\u0308", "か", "##か", "한", "각"],
]

SUBWORDS = {lower: Subwords(VOCABULARY, lower) for lower in (False, True)}

# Characters that this Python does not know yet are normalised differently.
known = st.characters(exclude_categories=["Cs", "Cn"])
telling = st.sampled_from(
    "aabbccddeeABÉßſﬁﬃ½…™Σςİ漢か한 .,'#[!\x00\x85\xa0\xad\u0301\u0308\u0345\u200b\u200d\u2028\u3000😀"
)
texts = st.lists(st.one_of(telling, telling, telling, known)).map("".join)


@pytest.fixture(scope="module")
def graphs() -> dict[bool, Graph]:
    return {lower: in_graph(VOCABULARY, lower) for lower in (False, True)}


@pytest.mark.parametrize("lower", [False, True])
@settings(deadline=None, max_examples=50)
@given(batch=st.lists(texts, max_size=10))
@example(batch=["e\u0301x", "\u0301a b\u0301", "x\u200bx ", "\u200b", "aß…ﬁ½", "a\x00b", " \u0301 a"])
@example(
    batch=["a" * 100, "a" * 101, "a" * 99 + "ß", "é" * 50, "é" * 51, "ab" * 60 + ". " + "b" * 101 + "漢"]
)
def test_any_text(graphs: dict[bool, Graph], lower: bool, batch: list[str]) -> None:
    if batch:
        assert disagreements(SUBWORDS[lower], batch, graphs[lower]) == []


@pytest.mark.parametrize("lower", [False, True])
def test_every_character_alone_and_inside(graphs: dict[bool, Graph], lower: bool) -> None:
    every = [c for c in map(chr, range(0x110000)) if unicodedata.category(c) not in ("Cn", "Cs", "Co")]
    # Ideographs and Hangul syllables behave alike, so one in a hundred is tested.
    uniform = re.compile("[\u3400-\u9fff\uac00-\ud7a3\U00017000-\U00018cff\U00020000-\U0003ffff]")
    characters = [c for place, c in enumerate(every) if place % 100 == 0 or not uniform.match(c)]
    assert len(characters) > 30_000
    texts = [f"{character} ab{character}bc" for character in characters]
    assert disagreements(SUBWORDS[lower], texts, graphs[lower]) == []


@given(text=st.text(st.sampled_from("abcde ABCDE.!\n")))
def test_decode_restores_the_text(text: str) -> None:
    """White space and case are not restored."""
    subwords = SUBWORDS[True]
    assert subwords.decode(subwords.encode(text).ids) == " ".join(subwords.split_words(text))


def test_decode_equals_tensorflow_text() -> None:
    import tensorflow as tf
    import tensorflow_text

    theirs = tensorflow_text.FastBertTokenizer(VOCABULARY, support_detokenization=True)
    subwords = SUBWORDS[False]
    ids = subwords.encode("abcde ab.c xyz é").ids
    assert subwords.decode(ids) == "abcde ab . c [UNK] é"
    assert theirs.detokenize(tf.constant([ids])).numpy()[0].decode() == subwords.decode(ids)
    with pytest.raises(KeyError):
        subwords.decode([len(VOCABULARY)])


@given(text=st.text(st.characters(exclude_categories=())))
def test_offsets_of_any_text_are_in_order(text: str) -> None:
    subwords = SUBWORDS[True]
    covered = 0
    for token in subwords.tokenize(text):
        assert covered <= token.start <= token.end <= len(text)
        assert token.text == text[token.start : token.end]
        covered = token.end


def test_spec_round_trip() -> None:
    before = Subwords(VOCABULARY, lower=True)
    after = get_tokenizer(before.to_spec())
    assert isinstance(after, Subwords)
    assert after.to_spec() == before.to_spec()
    assert after.encode("ABcde漢") == before.encode("ABcde漢")


@pytest.mark.parametrize(
    "change",
    [{"lower": None}, {"vocabulary": ["a"]}, {"vocabulary": {"closed": True, "entries": ["a"]}}],
)
def test_a_damaged_spec_is_refused(change: dict[str, Any]) -> None:
    spec = Subwords(VOCABULARY, lower=True).to_spec() | change
    if spec["lower"] is None:
        del spec["lower"]
    with pytest.raises(ModelFileError):
        get_tokenizer(spec)


def test_a_vocabulary_file_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "vocab.txt"
    path.write_text("[PAD]\r\n[UNK]\r\nab\r\n##c\r\n", newline="")
    assert Subwords.load(path, lower=True).encode("ABC ab").ids == [2, 3, 2]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", ": a subword vocabulary needs [UNK]"),
        (b"a\nb\n", ": a subword vocabulary needs [UNK]"),
        (b"[UNK]\na\n\nb\n", ":3: an empty line"),
        (b"[UNK]\na\na\n", ":3: 'a' is already in line 2"),
        (b"[UNK]\n\xff\n", ": not UTF-8"),
    ],
)
def test_an_invalid_vocabulary_file_is_refused(content: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "vocab.txt"
    path.write_bytes(content)
    with pytest.raises(DataError) as caught:
        Subwords.load(path, lower=True)
    assert str(caught.value).startswith(f"{path}{message}")


def test_a_directory_is_no_vocabulary_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="Is a directory"):
        Subwords.load(tmp_path, lower=True)


def test_memory_of_many_words_is_bounded() -> None:
    subwords = Subwords(VOCABULARY, lower=False)

    def words() -> Iterable[str]:
        return (f"{number:x}" for number in range(70_000))

    for word in words():
        subwords.encode(word)
    assert subwords._cached_split.cache_info().currsize <= 1 << 16


def test_split_leaves_out_parts_of_a_character() -> None:
    """The parts of a Hangul syllable are subwords of one character, whose text belongs to the last."""
    subwords = Subwords(["[PAD]", "[UNK]", "\u1100", "##\u1161", "##\u11a8", "a"], lower=True)
    assert [token.text for token in subwords.tokenize("각 a")] == ["", "", "각", "a"]
    assert subwords.split("각 a") == ["각", "a"]
