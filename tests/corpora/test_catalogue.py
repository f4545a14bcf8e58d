import subprocess
import sys

import pytest

from seqnlp import corpora
from seqnlp.errors import CorpusError
from seqnlp.trees.constituents import Constituents


def test_all_documented_corpora_are_known() -> None:
    tagged = {"sample/ner", "conll2002/esp", "conll2002/ned", "conll2000", "brown", "treebank/pos"}
    labelled = {"sample/reviews", "sentence_polarity", "movie_reviews"}
    paired = {"sample/phrases", "multi30k/en-de", "multi30k/de-en"}
    trees = {"sample/trees", "treebank/trees"}
    texts = {
        "sample/stories",
        "sample/tunes",
        "nottingham",
        "brown/text",
        "tinyshakespeare",
        "film_reviews_raw",
    }
    assert tagged | labelled | paired | trees | texts == set(corpora.known())


@pytest.mark.parametrize("name", corpora.known())
def test_every_entry_is_complete(name: str) -> None:
    entry = corpora.entry(name)
    assert entry.tags in {"entities", "chunks", "pos", "sentiment", "translations", "constituents", "text"}
    assert entry.description.endswith(".")
    assert all([entry.task, entry.language, entry.split_rule, entry.licence])
    assert corpora.load(name).splits == ("train", "dev", "test")[: 2 if name == "tinyshakespeare" else 3]


def test_the_tagging_sample_is_always_installed() -> None:
    sample = corpora.load("sample/ner")
    assert corpora.entry("sample/ner").installed()
    for split in sample.splits:
        sentences = corpora.load_split(f"sample/ner:{split}")
        assert list(sentences) == list(sample.split(split))
        assert {tag[:2] for sentence in sentences for tag in sentence.tags} == {"O", "B-", "I-"}
    assert corpora.load_split("sample/ner") == sample.test
    assert len(sample.train) + len(sample.dev) + len(sample.test) >= 1_500


def test_the_classification_sample_is_always_installed() -> None:
    sample = corpora.load("sample/reviews")
    assert corpora.entry("sample/reviews").installed()
    for split in sample.splits:
        texts = corpora.load_split(f"sample/reviews:{split}")
        assert list(texts) == list(sample.split(split))
        assert {text.label for text in texts} == {"negative", "neutral", "positive"}
        assert all(text.text.strip() for text in texts)
    origin = sample.dev[0].origin
    assert origin is not None
    assert (origin.path.endswith("reviews.dev.tsv"), origin.line) == (True, 2)


def test_the_parsing_sample_is_always_installed() -> None:
    sample = corpora.load("sample/trees")
    assert corpora.entry("sample/trees").installed()
    assert [len(sample.split(split)) for split in sample.splits] == [1_600, 200, 200]
    train, dev = ({word for tree in part for word in tree.words} for part in (sample.train, sample.dev))
    assert len(dev - train) > 25
    for tree in sample.test:
        assert Constituents.from_tree(tree).to_tree() == tree


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("conll2002/eps", "conll2002/esp"),
        ("conll2002", "conll2002/esp or conll2002/ned"),
        (
            "sample",
            "sample/ner or sample/reviews or sample/phrases or sample/trees or sample/stories "
            "or sample/tunes",
        ),
        ("Brown", "brown"),
    ],
)
def test_an_unknown_corpus_lists_the_known_ones_and_the_nearest(name: str, nearest: str) -> None:
    with pytest.raises(CorpusError) as caught:
        corpora.load(name)
    known = ", ".join(corpora.known())
    assert str(caught.value) == f"unknown corpus {name!r}; did you mean {nearest}? known corpora: {known}"


def test_a_name_unlike_all_others_gets_no_hint() -> None:
    with pytest.raises(CorpusError, match=r"^unknown corpus '@@@'; known corpora: sample/ner, "):
        corpora.load_split("@@@:dev")


def test_load_refuses_the_name_of_a_split() -> None:
    with pytest.raises(CorpusError, match="'sample/ner:dev' names a split"):
        corpora.load("sample/ner:dev")


def test_an_unknown_split_raises_before_anything_is_read() -> None:
    with pytest.raises(
        CorpusError, match="conll2002/esp has no split 'testc'; it has train, dev, test, testa, testb"
    ):
        corpora.load_split("conll2002/esp:testc")


def test_importing_the_package_does_not_import_nltk() -> None:
    code = "import sys, seqnlp.corpora; sys.exit('nltk' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
