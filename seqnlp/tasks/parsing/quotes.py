"""Quotation marks as treebanks write them: `` opens and '' closes."""

from collections.abc import Sequence
from itertools import cycle

_STRAIGHT = '"'
_CURLY = {"“": "``", "„": "``", "”": "''"}


def to_treebank_quotes(words: Sequence[str]) -> Sequence[str]:
    """Convert quotation marks to `` and ''.

    Straight marks open and close in turn. The shape of a curly mark decides whether it opens or closes.

    Example:
        >>> to_treebank_quotes(['"', "Yes", '"'])
        ['``', 'Yes', "''"]
    """
    if not any(word == _STRAIGHT or word in _CURLY for word in words):
        return words
    turns = cycle(("``", "''"))
    return [next(turns) if word == _STRAIGHT else _CURLY.get(word, word) for word in words]
