"""Contents of `predict` in Python: any list, and one clear error for anything else."""

import os
import signal
import time
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest

import seqnlp
from seqnlp.serving.contents import list_contents, list_texts

TEXTS = ["Ada Lovelace lived in London .", "She wrote to Charles Babbage ."]


class Series:
    """A list with labels, like that of pandas: indexing uses labels, and iteration positions."""

    def __init__(self, values: list[object]) -> None:
        self.values = values

    def __iter__(self):
        return iter(self.values)

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, label: int) -> object:
        raise KeyError(label)


@pytest.mark.parametrize(
    "contents",
    [tuple(TEXTS), iter(TEXTS), Series(TEXTS), np.array(TEXTS), np.array(TEXTS, object)],
    ids=["tuple", "iterator", "series", "array", "objects"],
)
def test_any_iterable_of_texts_is_predicted(model: Path, contents: Iterable[str]) -> None:
    tagger = seqnlp.Tagger.load(model)
    assert tagger.predict(contents) == tagger.predict(TEXTS)


@pytest.mark.parametrize("words", [("Ada", "sleeps"), ["Ada", "sleeps"], np.array(["Ada", "sleeps"])])
def test_words_may_be_in_any_iterable(model: Path, words) -> None:
    tagger = seqnlp.Tagger.load(model)
    assert tagger(words) == tagger(("Ada", "sleeps"))
    assert tagger.predict(["Paris", words])[1].text == "Ada sleeps"


class Table:
    columns = ("text",)

    def __iter__(self):
        return iter(self.columns)


@pytest.mark.parametrize(
    ("contents", "message"),
    [
        ("Oslo", "expects a list of texts; call the model itself with a single text"),
        (b"Oslo", "expects a list of texts; call the model itself with a single text"),
        ({"text": "Oslo"}, "expects a list of texts, not a dict"),
        (Table(), "expects a list of texts, not a Table"),
        (7, "expects a list of texts, not 7"),
        (None, "expects a list of texts, not None"),
        (["Oslo", None], "item 1 is None, not a text or a list of words"),
        (["Oslo", float("nan")], "item 1 is nan, not a text or a list of words"),
        ([b"Oslo"], "item 0 is b'Oslo', not a text"),
        ([{"text": "Oslo"}], "item 0 is {'text': 'Oslo'}, not a text"),
        ([["Oslo", 7]], "item 0 contains 7, not only words"),
        ([["Oslo", ["x"]]], "item 0 contains ['x'], not only words"),
    ],
)
def test_anything_else_is_an_error_with_its_position(model: Path, attending, contents, message: str) -> None:
    for each in (seqnlp.load(model), seqnlp.load(attending.path)):
        with pytest.raises(TypeError) as caught:
            each.predict(contents)
        assert message in str(caught.value)


def test_an_empty_word_is_an_error() -> None:
    with pytest.raises(ValueError, match="item 1 contains an empty word"):
        list_texts(["Oslo", ("a", "")])


def test_a_long_value_is_shortened_in_messages() -> None:
    with pytest.raises(TypeError) as caught:
        list_texts([{"x": "y" * 1000}])
    assert len(str(caught.value)) < 100


def test_lists_are_copied() -> None:
    texts = ["a", "b"]
    assert list_contents(texts) == texts
    assert list_contents(texts) is not texts


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_a_fork_of_a_process_that_used_the_model_predicts(model: Path) -> None:
    tagger = seqnlp.Tagger.load(model, threads=2, batch_size=1)
    expected = tagger.predict(TEXTS)
    assert [tagger(text) for text in TEXTS * 2] == expected * 2  # a single batch uses two threads
    child = os.fork()
    if child == 0:
        same = tagger.predict(TEXTS) == expected and tagger(TEXTS[0]) == expected[0]
        os._exit(0 if same else 1)
    until = time.monotonic() + 20
    while (ended := os.waitpid(child, os.WNOHANG)) == (0, 0) and time.monotonic() < until:
        time.sleep(0.01)
    if ended == (0, 0):
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    assert ended == (child, 0)
