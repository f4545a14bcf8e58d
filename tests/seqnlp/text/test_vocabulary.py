import json
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqnlp.errors import ModelFileError
from seqnlp.text.vocabulary import PADDING, UNKNOWN, Vocabulary, WordForm

any_text = st.text(st.characters(exclude_categories=()))


def test_an_open_vocabulary_reserves_two_ids() -> None:
    words = Vocabulary(["the", "cat"])
    assert words.ids(["the", "cat", "dog", "<pad>"]) == [2, 3, UNKNOWN, UNKNOWN]
    assert len(words) == 4
    assert words["cat"] == 3
    assert words["dog"] == UNKNOWN
    assert words.entry(3) == "cat"
    for reserved in (PADDING, UNKNOWN, 4, -1):
        with pytest.raises(KeyError):
            words.entry(reserved)


def test_a_closed_vocabulary_starts_at_zero_and_refuses_unknown_strings() -> None:
    labels = Vocabulary(["O", "B-PER"], closed=True)
    assert labels.ids(["B-PER", "O"]) == [1, 0]
    assert labels.entry(0) == "O"
    assert len(labels) == 2
    assert "I-PER" not in labels
    with pytest.raises(KeyError):
        labels.ids(["I-PER"])
    with pytest.raises(KeyError):
        labels["I-PER"]


def test_learn_sorts_by_count_and_text_and_limits_the_size() -> None:
    counts = Counter("bbaacccd")
    assert Vocabulary.learn(counts).entries == ("c", "a", "b", "d")
    assert Vocabulary.learn(counts, min_count=2).entries == ("c", "a", "b")
    assert Vocabulary.learn(counts, max_size=2).entries == ("c", "a")
    assert Vocabulary.learn(counts, max_size=0).entries == ()


@given(st.lists(any_text))
def test_learn_does_not_depend_on_the_order_of_counts(texts: list[str]) -> None:
    assert Vocabulary.learn(Counter(texts)) == Vocabulary.learn(Counter(reversed(texts)))


@given(st.sets(any_text), st.booleans(), st.booleans())
def test_spec_round_trip(entries: set[str], closed: bool, ascii_only: bool) -> None:
    before = Vocabulary(sorted(entries), closed)
    written = json.dumps(before.to_spec(), ensure_ascii=ascii_only).encode()
    after = Vocabulary.from_spec(json.loads(written), closed)
    assert after == before
    assert hash(after) == hash(before)
    assert after.ids(sorted(entries)) == list(range(len(before) - len(entries), len(before)))


def test_two_lone_surrogates_do_not_become_one_character() -> None:
    before = Vocabulary(["\ud83d\ude00", "😀"])
    assert Vocabulary.from_spec(json.loads(json.dumps(before.to_spec())), closed=False) == before


@pytest.mark.parametrize(
    "spec", [{}, {"entries": []}, {"entries": 3, "closed": False}, {"entries": ["a", "a"], "closed": False},
             {"entries": [[-1]], "closed": False}, {"entries": [None], "closed": False},
             {"entries": [[2**70]], "closed": False}, {"entries": ["a"], "closed": True},
             {"entries": ["a"], "closed": 0}]
)  # fmt: skip
def test_a_damaged_spec_is_refused(spec: dict[str, object]) -> None:
    with pytest.raises(ModelFileError):
        Vocabulary.from_spec(spec, closed=False)


def test_a_duplicate_entry_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        Vocabulary(["a", "b", "a"])


def test_open_and_closed_vocabularies_are_not_equal() -> None:
    assert Vocabulary(["a"]) != Vocabulary(["a"], closed=True)
    assert Vocabulary(["a"]) != ["a"]
    assert repr(Vocabulary(["a"])) == "Vocabulary(1 entries, open)"


def test_word_forms() -> None:
    assert WordForm()("Route 66") == "Route 66"
    assert WordForm(lower=True)("Route") == "route"
    assert WordForm(digits=True)("B-52, ٣") == "B-00, 0"
    assert WordForm(lower=True, digits=True)("MiG-29") == "mig-00"


@given(st.sets(st.text()), st.lists(st.text()), st.booleans(), st.none() | st.integers(0, 5))
def test_extension_keeps_old_ids(
    entries: set[str], further: list[str], closed: bool, max_size: int | None
) -> None:
    old = Vocabulary(entries, closed)
    new = old.extend(further, max_size)
    assert new.entries[: len(old.entries)] == old.entries
    assert all(new[entry] == old[entry] for entry in entries)
    assert set(new.entries) <= entries | set(further)
    assert max_size is not None or set(new.entries) == entries | set(further)
    assert max_size is None or len(new.entries) <= max(max_size, len(entries))
    assert new.extend(further, max_size) == new
