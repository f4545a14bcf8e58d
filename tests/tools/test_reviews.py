"""The generator of the classification sample."""

import csv
import os
import re
import subprocess
import sys
from collections import Counter
from importlib.resources import files
from itertools import combinations

import pytest

from tools.sample_corpora.grammar import alternatives
from tools.sample_corpora.opinions import bind_symbols, compose_rules
from tools.sample_corpora.orthography import capitalize_sentences, fix_text_spelling
from tools.sample_corpora.reviews import SIZES
from tools.sample_corpora.tables import read_table, split_list

SPLITS = ("train", "dev", "test")
KINDS = {"positive": ("polar", "positive"), "negative": ("polar", "negative"), "neutral": ("neutral",)}
SYMBOL = re.compile(r"\{(\w+)\}")
# Composes in a separate process with another order of sets, and prints a digest.
DIGEST = """
import hashlib
from tools.sample_corpora.reviews import compose_files
print(hashlib.sha256("".join(content for _, content in compose_files()).encode()).hexdigest())
"""


def read(split):
    text = files("seqnlp.corpora.samples").joinpath(f"reviews.{split}.tsv").read_text(encoding="utf-8")
    header, *rows = csv.reader(text.splitlines(), delimiter="\t", strict=True)
    assert header == ["label", "text"]
    return [(label, text) for label, text in rows]


@pytest.fixture(scope="module")
def corpus():
    return {split: read(split) for split in SPLITS}


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


def test_splits_have_their_sizes_and_balance(corpus):
    assert {split: dict(Counter(label for label, _ in rows)) for split, rows in corpus.items()} == SIZES
    for sizes in SIZES.values():
        assert sizes["positive"] == sizes["negative"]
        assert max(sizes.values()) <= 1.3 * min(sizes.values())


def test_no_text_occurs_twice(corpus):
    texts = Counter(text.casefold() for rows in corpus.values() for _, text in rows)
    assert texts.most_common(1)[0][1] == 1


def test_texts_are_short_and_without_grammar_symbols(corpus):
    for rows in corpus.values():
        for _, text in rows:
            assert 1 <= len(text.split()) <= 60
            assert not set(text) & set("{}[]|#\t")
            assert "  " not in text


@pytest.mark.parametrize("split", SPLITS)
def test_every_label_has_frames(split):
    frames = read_table("reviews.frames")[split]
    assert {"polar", *SIZES["train"]} == set(frames)
    assert sum(len(alternatives(text)) for text in frames.values()) >= 40


def test_each_split_has_frames_of_its_own():
    tables = read_table("reviews.frames")
    frames = {
        split: {(label, line) for label, text in tables[split].items() for line in alternatives(text)}
        for split in ("shared", *SPLITS)
    }
    for one, other in combinations(frames.values(), 2):
        assert not one & other


def test_dev_and_test_have_words_of_their_own():
    words = read_table("reviews.words")
    own = {
        split: {
            word for label in words[split].values() for text in label.values() for word in split_list(text)
        }
        for split in ("shared", "dev", "test")
    }
    for one, other in combinations(own.values(), 2):
        assert not one & other
    assert min(map(len, own.values())) >= 40


@pytest.mark.parametrize("split", SPLITS)
def test_every_symbol_is_known(split):
    tables = read_table("reviews.frames")
    frames = {
        bind_symbols(line, label)
        for source in ("shared", split)
        for label, kinds in KINDS.items()
        for kind in kinds
        for line in ["{own_rest}" * (label != "neutral"), *alternatives(tables[source][kind])]
    }
    for rules in compose_rules(split):
        lines = frames.union(*rules.values())
        used = {symbol for line in lines for symbol in SYMBOL.findall(line)}
        assert used <= rules.keys()


def test_a_frame_is_bound_to_its_label_and_the_opposite():
    frame = "{other_claim}, but {own_claim}: a {own_fit} {thing}"
    praise = "{negative_claim}, but {positive_claim}: a {positive_thing_fit} {thing}"
    complaint = "{positive_claim}, but {negative_claim}: a {negative_thing_fit} {thing}"
    assert [bind_symbols(frame, label) for label in ("positive", "negative")] == [praise, complaint]


@pytest.mark.parametrize(
    ("text", "spelt"),
    [
        ("a ugly one", "an ugly one"),
        ("a uninspired or a useful one", "an uninspired or a useful one"),
        ("a one-star place and a honest bill", "a one-star place and an honest bill"),
        ("good ,  but late  !", "good, but late!"),
        ("my friend, who left, .", "my friend, who left."),
    ],
)
def test_spelling_is_corrected(text, spelt):
    assert fix_text_spelling(text) == spelt


def test_each_sentence_begins_with_a_capital():
    assert capitalize_sentences("it was fine. really? yes! no") == "It was fine. Really? Yes! No"
