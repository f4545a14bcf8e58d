"""Quotation marks as treebanks write them: `` opens and '' closes."""

from collections.abc import Sequence
from itertools import cycle

_STRAIGHT = '"'
_CURLY = {"“": "``", "„": "``", "”": "''"}


def treebank_quotes(words: Sequence[str]) -> Sequence[str]:
    """Straight quotation marks become, in turn, `` and ''; curly ones say themselves which they are."""
    if not any(word == _STRAIGHT or word in _CURLY for word in words):
        return words
    turns = cycle(("``", "''"))
    return [next(turns) if word == _STRAIGHT else _CURLY.get(word, word) for word in words]
