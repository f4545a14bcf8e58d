"""The runner: rows of similar length in batches, results in the order of the sentences."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from seqnlp.data.batching import Windows
from seqnlp.data.language_codec import LanguageCodec
from seqnlp.data.language_words import count_tokens
from seqnlp.serving.runner import POSITIONS, Runner
from seqnlp.tasks.tagging.model import Tagger

WORDS = "Ada Lovelace wrote to Charles Babbage in London , not Paris 1843 . Łódź".split()


@pytest.fixture(scope="module")
def tagger(model: Path) -> Tagger:
    return Tagger.load(model, threads=1)


@pytest.fixture(scope="module")
def sentences() -> list[list[str]]:
    """Sentences with and without words, also longer than a window."""
    random = np.random.default_rng(4)
    return [random.choice(WORDS, size).tolist() for size in random.integers(0, 40, 60)]


def run(tagger: Tagger, sentences: list[list[str]], **options: int) -> tuple[np.ndarray, list[int]]:
    """Return the tags of all tokens, and the number of rows of each batch."""
    runner = Runner(tagger.file, tagger.codec, **{"threads": 2, **options})
    windows, batches = runner(sentences, ["tags"])
    tags, sizes = np.full(sum(map(len, sentences)), -1), []
    for batch, (found,) in batches:
        assert found.shape == (len(batch.rows), batch.length)
        windows.join(batch, found, tags)
        sizes.append(len(batch.rows))
    return tags, sizes


@pytest.mark.parametrize("threads", [1, 3])
def test_results_come_in_the_order_of_the_sentences(tagger: Tagger, sentences, threads: int) -> None:
    found, sizes = run(tagger, sentences, threads=threads, batch_size=4)
    assert len(sizes) > 10
    alone = [run(tagger, [sentence])[0] for sentence in sentences]
    assert found.tolist() == np.concatenate(alone).tolist()


def test_every_row_is_in_one_batch(tagger: Tagger, sentences) -> None:
    runner = Runner(tagger.file, tagger.codec, threads=1, batch_size=7)
    windows, batches = runner(sentences, ["tags"])
    rows = np.concatenate([batch.rows for batch, _ in batches])
    assert sorted(rows.tolist()) == list(range(len(windows.lengths)))
    assert set(windows.owners.tolist()) == {number for number, words in enumerate(sentences) if words}


def test_batches_are_limited(tagger: Tagger, sentences) -> None:
    runner = Runner(tagger.file, tagger.codec, threads=1, positions=50)
    for limited in (runner, Runner(tagger.file, tagger.codec, threads=1, batch_size=3)):
        for batch, _ in limited(sentences, ["tags"]).batches:
            assert len(batch.rows) == 1 or batch.positions <= limited.positions
            assert limited.batch_size is None or len(batch.rows) <= limited.batch_size


def test_no_sentence_gives_no_batch(tagger: Tagger) -> None:
    for sentences in ([], [[], []]):
        assert run(tagger, sentences)[1] == []


def test_a_language_model_gets_rows_with_similar_numbers_of_tokens(tagger: Tagger) -> None:
    """All sentences have as many words, but the words of some are ten times as long."""
    language = LanguageCodec.learn(["a b"], "characters")
    codec = replace(tagger.codec, language=language)
    runner = Runner(tagger.file, codec, threads=1)
    random = np.random.default_rng(5)
    sentences = [["a" * size] * 6 for size in random.integers(1, 30, 400).tolist()]
    words = [word for sentence in sentences for word in sentence]
    windows = Windows.from_lengths([6] * 400, codec.max_length, codec.context)
    costs = count_tokens(language, words, windows)
    batches = list(runner._batches(windows.lengths, costs))
    assert sorted(row for batch in batches for row in batch.rows.tolist()) == list(range(400))
    assert all(batch.length == 6 for batch in batches)
    padded = sum(len(batch.rows) * int(costs[batch.rows].max()) for batch in batches)
    assert padded < 1.2 * costs.sum()
    assert all(len(batch.rows) * costs[batch.rows].max() <= 4 * POSITIONS for batch in batches)
