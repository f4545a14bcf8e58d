from collections.abc import Iterator

import pytest

from seqnlp.corpora import Corpus
from seqnlp.errors import CorpusError


def test_each_split_is_read_once_when_it_is_first_used() -> None:
    calls = []

    def reader(split: str) -> Iterator[str]:
        calls.append(split)
        return iter([f"{split} 1", f"{split} 2"])

    corpus = Corpus("some", {split: lambda split=split: reader(split) for split in ("train", "dev", "test")})
    assert corpus.splits == ("train", "dev", "test")
    assert calls == []
    assert list(corpus.dev) == ["dev 1", "dev 2"]
    assert corpus.dev is corpus.split("dev")
    assert list(corpus.train) == ["train 1", "train 2"]
    assert list(corpus.test) == ["test 1", "test 2"]
    assert calls == ["dev", "train", "test"]


def test_splits_have_aliases() -> None:
    corpus = Corpus("some", {"dev": lambda: [1]}, {"testa": "dev"})
    assert corpus.split("testa") is corpus.dev


def test_an_unknown_split_lists_the_known_ones() -> None:
    corpus = Corpus("some", {"train": list, "dev": list}, {"testa": "dev"})
    with pytest.raises(CorpusError, match=r"^some has no split 'test'; it has train, dev, testa$"):
        assert corpus.test
