import re
from collections import Counter
from importlib.resources import files
from itertools import combinations

import pytest

from seqnlp.text.tokenizers import get_tokenizer
from tools.sample_corpora.compose import write
from tools.sample_corpora.ner import SIZES
from tools.sample_corpora.tables import read_table

SAMPLES = files("seqnlp.corpora.samples")
SPLITS = ("train", "dev", "test")
LABELS = {"PER", "LOC", "ORG", "MISC"}
LEAST_SPANS = {"train": 300, "dev": 30, "test": 30}
CLITIC = re.compile(r" (?=n't( |$)|'[a-z]+( |$))")
# Common words of names in all splits, besides those that the grammar spells out.
JOINING = set("and city de el la los new north of port republic san santa santo south st. the".split())


def read(split):
    text = SAMPLES.joinpath(f"ner.{split}.conll").read_text(encoding="utf-8")
    blocks = text.removesuffix("\n").split("\n\n")
    return [[tuple(line.split(" ")) for line in block.split("\n")] for block in blocks]


def names(sentence):
    spans = []
    for word, tag in sentence:
        if tag.startswith("B-"):
            spans.append((tag[2:], [word]))
        elif tag.startswith("I-"):
            spans[-1][1].append(word)
    return spans


def name_words(sentences):
    return {word.casefold() for sentence in sentences for _, words in names(sentence) for word in words}


def words_spelt_in_the_grammar():
    phrases = read_table("ner.phrases")["names"]
    without_symbols = (re.sub(r"\{\w+\}", " ", text) for text in phrases.values())
    return {word.casefold() for text in without_symbols for word in re.split(r"[\s\[\]|]+", text)}


@pytest.fixture(scope="module")
def corpus():
    return {split: read(split) for split in SPLITS}


def test_the_generator_writes_the_embedded_files(tmp_path):
    write(tmp_path)
    names = {f"ner.{split}.conll" for split in SPLITS}
    names |= {f"{sample}.{split}.tsv" for sample in ("reviews", "phrases") for split in SPLITS}
    names |= {f"trees.{split}.mrg" for split in SPLITS} | {f"stories.{split}.txt" for split in SPLITS}
    names |= {f"tunes.{split}.abc" for split in SPLITS}
    assert {path.name for path in tmp_path.iterdir()} == names
    for name in names:
        assert (tmp_path / name).read_bytes() == SAMPLES.joinpath(name).read_bytes()


def test_splits_have_their_sizes(corpus):
    assert {split: len(sentences) for split, sentences in corpus.items()} == SIZES
    assert sum(SIZES.values()) >= 1500


def test_lengths_range_from_one_word_to_fifty(corpus):
    lengths = {len(sentence) for sentences in corpus.values() for sentence in sentences}
    assert min(lengths) == 1
    assert 50 <= max(lengths) <= 80


@pytest.mark.parametrize("split", SPLITS)
def test_tags_are_bio(corpus, split):
    for sentence in corpus[split]:
        previous = "O"
        for word, tag in sentence:
            assert word
            assert tag == "O" or (tag[:2] in ("B-", "I-") and tag[2:] in LABELS)
            assert not tag.startswith("I-") or previous[2:] == tag[2:]
            previous = tag


def test_no_sentence_occurs_twice(corpus):
    texts = Counter(
        " ".join(word for word, _ in sentence).casefold()
        for sentences in corpus.values()
        for sentence in sentences
    )
    assert texts.most_common(1)[0][1] == 1


@pytest.mark.parametrize("split", SPLITS)
def test_about_a_fifth_of_the_sentences_have_no_name(corpus, split):
    nameless = sum(not names(sentence) for sentence in corpus[split])
    assert 0.20 <= nameless / len(corpus[split]) <= 0.25


@pytest.mark.parametrize("split", SPLITS)
def test_every_label_is_frequent(corpus, split):
    spans = Counter(label for sentence in corpus[split] for label, _ in names(sentence))
    assert set(spans) == LABELS
    assert min(spans.values()) >= LEAST_SPANS[split]


def test_splits_share_no_name(corpus):
    surfaces = {
        split: {" ".join(words).casefold() for sentence in sentences for _, words in names(sentence)}
        for split, sentences in corpus.items()
    }
    for one, other in combinations(SPLITS, 2):
        assert not surfaces[one] & surfaces[other]


def test_splits_share_only_common_words_of_names(corpus):
    common = words_spelt_in_the_grammar() | JOINING
    numbers = re.compile(r"[\d.]+|[xs]\d+|[a-z]\.")
    for one, other in combinations(SPLITS, 2):
        shared = name_words(corpus[one]) & name_words(corpus[other])
        assert {word for word in shared - common if not numbers.fullmatch(word)} == set()


def test_each_split_has_frames_of_its_own():
    frames = {
        split: {line for text in genres.values() for line in text.split("\n") if line}
        for split, genres in read_table("ner.frames").items()
    }
    for one, other in combinations(frames, 2):
        assert len(frames[one]) >= 50
        assert not frames[one] & frames[other]


@pytest.mark.parametrize("split", SPLITS)
def test_words_agree_with_the_word_tokenizer(corpus, split):
    for sentence in corpus[split]:
        words = [word for word, _ in sentence]
        text = CLITIC.sub("", " ".join(words))
        assert [token.text for token in get_tokenizer("words").tokenize(text)] == words
