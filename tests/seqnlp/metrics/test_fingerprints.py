import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqnlp.metrics.fingerprints import Fingerprints

items = st.frozensets(st.tuples(st.text(max_size=5), st.text(max_size=5)), max_size=20)


@given(items, items)
def test_exactly_the_given_items_are_members(
    inside: frozenset[tuple[str, str]], asked: frozenset[tuple[str, str]]
) -> None:
    known = Fingerprints(inside)
    assert len(known) == len(inside)
    assert all(item in known for item in inside)
    assert {item for item in asked if item in known} == asked & inside


@given(items)
def test_round_trip(inside: frozenset[tuple[str, str]]) -> None:
    text = Fingerprints(sorted(inside)).to_text()
    read = Fingerprints.from_text(text)
    assert read.to_text() == text == Fingerprints(sorted(inside, reverse=True)).to_text()
    assert len(read) == len(inside)
    assert all(item in read for item in inside)


def test_the_boundary_between_strings_matters() -> None:
    assert ("a", "bc") not in Fingerprints([("ab", "c"), ("a", "b", "c"), ("abc",)])
    assert "abc" not in Fingerprints([("abc",)])


@pytest.mark.parametrize("text", ["AAAA", "not base64!", "AAAAAAAAAA"])
def test_other_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="fingerprints"):
        Fingerprints.from_text(text)


def test_a_union_contains_both_sets() -> None:
    one, other = Fingerprints([("a",), ("b",)]), Fingerprints([("b",), ("c",)])
    both = one | other
    assert len(both) == 3
    assert all((letter,) in both for letter in "abc")
    assert (len(one), len(other)) == (2, 2)
