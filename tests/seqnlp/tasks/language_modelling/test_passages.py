"""Documents in a temporary file equal documents in memory."""

from itertools import accumulate

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqnlp.corpora import hold_out
from seqnlp.corpora.formats.documents import join_passages
from seqnlp.errors import DataError
from seqnlp.records import Document, Origin, Passage
from seqnlp.tasks.language_modelling.passages import StoredDocuments, StoredPassages, passages_of
from seqnlp.tasks.registry import get_task

TEXT = st.text(st.characters(exclude_categories=()), min_size=1, max_size=6)
DOCUMENTS = st.lists(st.lists(TEXT, min_size=1, max_size=3), min_size=1, max_size=6)


def passages(documents: list[list[str]]) -> list[Passage]:
    """Return the passages of documents, each of which is a list of their texts."""
    return [
        Passage(text, place == len(texts), Origin(f"{number % 2}.txt", place) if number else None)
        for number, texts in enumerate(documents)
        for place, text in enumerate(texts, 1)
    ]


@given(documents=DOCUMENTS)
def test_passages_are_read_back(documents: list[list[str]]) -> None:
    given_passages = passages(documents)
    stored = StoredPassages.write(given_passages)
    found = list(stored)
    assert found == given_passages
    assert [each.origin for each in found] == [each.origin for each in given_passages]
    assert [stored[number] for number in range(len(stored))] == stored[:] == found
    assert stored[-1] == found[-1]
    assert list(stored.column("length")) == [len(each.text) for each in found]
    with pytest.raises(IndexError):
        stored[len(stored)]


@given(documents=DOCUMENTS, data=st.data())
def test_documents_are_selected(documents: list[list[str]], data: st.DataObject) -> None:
    stored = StoredDocuments.write(passages(documents))
    expected = list(join_passages(passages(documents)))
    assert list(stored) == expected
    assert stored[-1] == expected[-1]
    assert list(stored.lengths) == [len(each.text) for each in expected]
    for _ in range(2):  # a selection of a selection
        chosen = data.draw(st.lists(st.booleans(), min_size=len(stored), max_size=len(stored)))
        stored = stored.select(np.array(chosen, bool))
        expected = [each for each, flag in zip(expected, chosen, strict=True) if flag]
        assert list(stored) == expected
        assert list(join_passages(passages_of(stored))) == expected


@given(documents=DOCUMENTS, data=st.data())
def test_documents_are_cut_at_any_character(documents: list[list[str]], data: st.DataObject) -> None:
    """The reference cuts the text that joins all documents."""
    text = "".join(map("".join, documents))
    if len(text) < 2:
        return
    cut = data.draw(st.integers(1, len(text) - 1))
    first, second = StoredDocuments.write(passages(documents)).cut(cut)
    assert "".join(each.text for each in first) == text[:cut]
    assert "".join(each.text for each in second) == text[cut:]
    ends = list(accumulate(len("".join(each)) for each in documents))
    bounds = [*accumulate(len(each.text) for each in [*first, *second])]
    assert bounds == sorted({*ends, cut})
    assert all(each.text for each in [*first.passages, *second.passages])


def test_the_second_part_begins_at_its_line() -> None:
    stored = StoredDocuments.write([Passage("a\nb\nc", True, Origin("a.txt", 3))])
    _, second = stored.cut(4)
    assert second[0] == Document("c")
    assert second[0].origin == Origin("a.txt", 5)


@pytest.mark.parametrize("count", [10, 25, 300])
def test_documents_of_a_file_are_held_out_as_those_in_memory(count: int) -> None:
    documents = [Document(f"text {number}") for number in range(count)]
    expected = hold_out(documents)
    for records in (documents, StoredDocuments.write(passages_of(documents))):
        train, dev = get_task("language-model").hold_out(records)
        assert (list(train), list(dev)) == expected


def test_a_text_that_is_too_short_to_hold_out_dev_data_is_named() -> None:
    task = get_task("language-model")
    for documents in ([], [Passage("short", True)]):
        with pytest.raises(DataError, match=r"^the training text is too short to hold out dev data"):
            task.hold_out(StoredDocuments.write(documents))
    with pytest.raises(DataError, match=r"^a.txt: the training text is too short"):
        task.hold_out(StoredDocuments.write([Passage("short", True, Origin("a.txt", 1))]))
