"""Units of tokens: what they know, and what they add."""

import pytest

from seqnlp.data.token_units import TOKEN_UNITS, get_unit
from seqnlp.errors import ConfigError
from seqnlp.text.vocabulary import Vocabulary

EXTENDED = {
    "characters": ["B", "|"],
    "words": ["K:B", "c'|"],
    "abc": ["B", "K:B", "|"],
    "subwords": [],
}


@pytest.mark.parametrize(("name", "added"), EXTENDED.items())
def test_tokens_of_other_texts_follow_the_old_ones(name: str, added: list[str]) -> None:
    unit = get_unit(name).learn(["K:c'\nc' A2 K:c'"])
    extended = unit.extend(["K:B\nc'| A2"], min_count=1, max_size=100)
    old = unit.vocabulary.entries
    assert extended.vocabulary.entries[: len(old)] == old
    assert sorted(extended.vocabulary.entries[len(old) :]) == added
    assert unit.extend(["K:B\nc'| A2"], min_count=1, max_size=1) == unit


def test_units_of_different_kinds_are_never_equal() -> None:
    vocabulary = Vocabulary([" end ", "a"])
    units = [unit(vocabulary) for unit in TOKEN_UNITS.values()]
    assert len(set(units)) == 4
    assert units == [unit(vocabulary) for unit in TOKEN_UNITS.values()]


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(ConfigError, match="unknown unit of tokens 'bytes'; known: characters, subwords,"):
        get_unit("bytes")
