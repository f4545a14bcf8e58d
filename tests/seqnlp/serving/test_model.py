"""The behaviour of all serving models."""

import pickle
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

import seqnlp
from seqnlp.errors import ModelFileError

TEXTS = ["Ada Lovelace lived in London .", "She wrote to Charles Babbage ."]


def test_a_model_prints_as_one_short_line(model: Path) -> None:
    text = repr(seqnlp.load(model, threads=1))
    assert text == f"Tagger({str(model)!r}, threads=1)"


def test_a_model_is_pickled_by_its_path(model: Path) -> None:
    tagger = seqnlp.Tagger.load(model, threads=2, batch_size=3)
    data = pickle.dumps(tagger)
    assert len(data) < 1000
    copy = pickle.loads(data)
    assert (copy.threads, copy.batch_size) == (2, 3)
    assert copy.predict(TEXTS) == tagger.predict(TEXTS)


def test_a_model_works_in_a_pool_of_processes(model: Path) -> None:
    tagger = seqnlp.Tagger.load(model, threads=1)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        assert list(pool.map(tagger, TEXTS)) == [tagger(text) for text in TEXTS]


def test_a_single_text_for_predict_is_a_type_error(model: Path) -> None:
    with pytest.raises(TypeError, match="expects a list of texts"):
        seqnlp.load(model).predict(TEXTS[0])


def test_the_model_of_another_task_is_an_error(model: Path) -> None:
    with pytest.raises(ModelFileError, match="is a tagger, not a parser"):
        seqnlp.Parser.load(model)
