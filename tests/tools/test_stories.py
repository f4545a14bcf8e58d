"""The generator of the language model sample."""

import os
import re
import subprocess
import sys
from collections import Counter
from importlib.resources import files
from itertools import combinations

import pytest

from seqnlp import corpora
from tools.sample_corpora.grammar import alternatives
from tools.sample_corpora.stories import SIZES
from tools.sample_corpora.tables import read_table

SPLITS = ("train", "dev", "test")
WORD = re.compile(r"[^\W\d]+")
# Composes in a separate process with another order of sets, and prints a digest.
DIGEST = """
import hashlib
from tools.sample_corpora.stories import compose_files
print(hashlib.sha256("".join(content for _, content in compose_files()).encode()).hexdigest())
"""


@pytest.fixture(scope="module")
def corpus():
    read = {
        split: files("seqnlp.corpora.samples").joinpath(f"stories.{split}.txt").read_text(encoding="utf-8")
        for split in SPLITS
    }
    return {split: text.removesuffix("\n").split("\n\n") for split, text in read.items()}


def test_the_catalogue_contains_the_sample(corpus):
    sample = corpora.load("sample/stories")
    for split in SPLITS:
        assert [document.text for document in sample.split(split)] == corpus[split]
    assert sample.dev[0].origin.line == 1


def test_composing_does_not_depend_on_the_order_of_sets():
    digests = {
        subprocess.run(
            [sys.executable, "-c", DIGEST],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1


def test_splits_have_their_sizes(corpus):
    for split, size in SIZES.items():
        assert size <= sum(map(len, corpus[split])) < size + 1500


def test_no_text_occurs_twice(corpus):
    texts = Counter(text.casefold() for each in corpus.values() for text in each)
    assert texts.most_common(1)[0][1] == 1


def test_dev_and_test_have_words_of_their_own(corpus):
    words = {
        split: {word for text in texts for word in WORD.findall(text)} for split, texts in corpus.items()
    }
    for split in ("dev", "test"):
        own = [word for text in corpus[split] for word in WORD.findall(text) if word not in words["train"]]
        assert len(set(own)) >= 15
        assert len(own) < 0.1 * sum(len(WORD.findall(text)) for text in corpus[split])


def test_texts_are_spelt_and_without_grammar_symbols(corpus):
    for text in (text for texts in corpus.values() for text in texts):
        assert not set(text) & set("{}[]|#^/*_\t"), text
        assert not re.search(r"  | [,.!?:]|[,;][,.!?]|\.\.|^\s|\s$", text, re.MULTILINE), text
        assert not re.search(r"\b[Aa] [aeio]", text), text
        assert not re.search(
            r"[.!?]\"? [a-z]", re.sub(r"[?!]\" [a-z]+ed\b|[?!]\" (the|said|he|she|they)\b", "", text)
        ), text
        assert all(line[0].isupper() or line[0] == '"' for line in text.split("\n")), text
        assert text.count('"') % 2 == 0, text


def test_pronouns_and_verbs_agree(corpus):
    text = "\n".join(text for texts in corpus.values() for text in texts)
    assert not re.search(
        r"\b(they|we|you) (was|am|is)\b|\b(he|she|it) (were|are|am)\b|\bI (are|is|were)\b", text, re.I
    )
    assert re.search(r"\bthey were\b|\bwere once\b", text)


def test_every_symbol_of_the_frames_is_used_and_none_is_repeated():
    frames = read_table("stories.frames")
    texts = [*frames["rules"].values(), frames["texts"]["kinds"]]
    used = {symbol for text in texts for symbol in re.findall(r"\{(\w+)\}", text)}
    assert frames["rules"].keys() <= used
    for text in texts:
        lines = [re.sub(r" \*\d+$", "", line) for line in text.strip().split("\n")]
        assert len(lines) == len(set(lines))


def test_lists_of_words_have_no_repetition():
    words = read_table("stories.words")
    for section in words.values():
        items = {kind: " ".join(text.split()).split(", ") for kind, text in section.items()}
        for each in items.values():
            assert len(each) == len(set(each))
    for one, other in combinations(("people", "animals"), 2):
        assert not {*words[one].values()} & {*words[other].values()}
    assert all(alternatives(text) for text in read_table("stories.frames")["rules"].values())
