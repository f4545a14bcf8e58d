"""The tables of contests, and the inputs of contenders."""

from types import SimpleNamespace

import numpy as np
import pytest

from benchmarks.contenders.classifiers import TextReader
from benchmarks.contest import best_size, comparison_table, size_table
from benchmarks.rounds import Series
from seqnlp.tasks.classification.codec import ClassificationCodec
from seqnlp.text.vocabulary import WordForm


def test_ratios_are_taken_round_by_round() -> None:
    ours, theirs = Series((30.0, 20.0, 80.0)), Series((10.0, 20.0, 20.0))
    assert comparison_table(
        "tagged", [ours, theirs], ("we", ""), ("they", "2"), unit="texts"
    ).splitlines() == [
        "| tagged | texts/s, median | lowest – highest | ratio of seqnlp | minimum |",
        "| :--- | ---: | ---: | ---: | ---: |",
        "| we | 30 | 20 – 80 |  |  |",
        "| they | 20 | 10 – 20 | 3.00 (1.00 – 4.00) | 2 |",
    ]


def test_the_best_size_is_the_fastest() -> None:
    tried = {8: Series((5.0, 9.0)), 32: Series((8.0, 8.0))}
    assert best_size(tried) == 32
    assert size_table({"they": tried, "others": {16: Series((1.0,))}}).splitlines()[2:] == [
        "| they | 7 |  | 8 |",
        "| others |  | 1 |  |",
    ]


@pytest.fixture
def reader() -> TextReader:
    codec = ClassificationCodec.learn([(["A", "b", "7"], "x"), (["b"], "y")], WordForm(True, True))
    settings = SimpleNamespace(text=SimpleNamespace(tokenizer="words"))
    return TextReader(SimpleNamespace(codec=codec, settings=settings))


def test_contenders_read_texts_like_the_codec(reader: TextReader) -> None:
    words = [["B"], ["a", "9", "new"], ["b", "A"]]
    for contents in (words, [" ".join(text) for text in words]):
        (batch, last) = reader.batches(contents, 2)
        assert batch.rows.tolist() == [1, 2]
        codec = ClassificationCodec.learn([(["A", "b", "7"], "x"), (["b"], "y")], WordForm(True, True))
        flat = codec.encode([words[1], words[2]]).words.tolist()
        assert batch.words.tolist() == [flat[:3], [*flat[3:], 0]]
        assert (last.lengths.tolist(), last.words.tolist()) == ([1], [codec.encode([["b"]]).words.tolist()])
        named = reader.name_labels([batch, last], [np.array([0, 1]), np.array([1])])
        assert named == ["y", "x", "y"]
