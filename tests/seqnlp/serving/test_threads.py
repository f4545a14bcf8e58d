"""Several threads in one tagger, and several threads that share a tagger."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from seqnlp.tasks.tagging.model import Tagger

WORDS = "Ada Lovelace wrote to Charles Babbage in London , not Paris 1843 . Łódź".split()


@pytest.fixture(scope="module")
def sentences() -> list[list[str]]:
    random = np.random.default_rng(11)
    return [random.choice(WORDS, size).tolist() for size in random.integers(1, 40, 300)]


def tags(tagger: Tagger, sentences: list[list[str]]) -> list[list[str]]:
    return [found for found, _ in tagger.tag(sentences)]


def test_the_number_of_threads_does_not_change_the_tags(model: Path, sentences, monkeypatch) -> None:
    parallel = Tagger.load(model, threads=3, batch_size=16)
    runs = []
    compute = parallel.file.session.run
    monkeypatch.setattr(
        parallel.file.session, "run", lambda *arguments: runs.append(1) or compute(*arguments)
    )
    assert tags(parallel, sentences) == tags(Tagger.load(model, threads=1, batch_size=16), sentences)
    assert len(runs) > 16


def test_several_threads_share_a_tagger(model: Path, sentences) -> None:
    tagger = Tagger.load(model, threads=2, batch_size=8)
    expected = tags(tagger, sentences)
    with ThreadPoolExecutor(4) as callers:
        for found in callers.map(lambda _: tags(tagger, sentences), range(8)):
            assert found == expected


def test_an_error_in_a_batch_is_raised(model: Path, sentences, monkeypatch) -> None:
    tagger = Tagger.load(model, threads=2, batch_size=8)

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(tagger.file.session, "run", broken)
    with pytest.raises(ZeroDivisionError):
        tagger.tag(sentences)


def test_a_single_sentence_uses_two_threads_from_the_second_call_on(model: Path, sentences) -> None:
    expected = tags(Tagger.load(model, threads=1), sentences)
    tagger = Tagger.load(model, threads=2)
    opened = []
    for sentence, labels in zip(sentences[:3], expected, strict=False):
        assert tags(tagger, [sentence]) == [labels]
        opened.append("_paired" in vars(tagger.file))
    assert opened == [False, True, True]
    assert tagger.file.paired is not tagger.file.session
    assert tagger.file.paired.get_session_options().intra_op_num_threads == 2


@pytest.mark.parametrize("change", ["replaced", "deleted"])
def test_a_replaced_file_gets_no_second_session(model: Path, tmp_path: Path, change: str) -> None:
    file = Path(shutil.copy(model, tmp_path / "model.onnx"))
    tagger = Tagger.load(file, threads=2)
    file.unlink()
    if change == "replaced":
        shutil.copy(model, file)
    assert tagger.file.paired is tagger.file.session


def test_the_default_is_one_thread_per_core(model: Path) -> None:
    assert Tagger.load(model).threads >= 1
    assert Tagger.load(model, threads=5).threads == 5
