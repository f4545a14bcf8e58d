"""Quotation marks."""

from seqnlp.tasks.parsing.quotes import treebank_quotes


def test_straight_ones_open_and_close_in_turn() -> None:
    words = '" Yes " , he said , " no "'.split()
    assert treebank_quotes(words) == "`` Yes '' , he said , `` no ''".split()


def test_curly_ones_say_what_they_are() -> None:
    assert treebank_quotes("„ Ja “ “ Yes ”".split()) == ["``", "Ja", "``", "``", "Yes", "''"]


def test_others_stay() -> None:
    words = ("``", "don", "'", "''")
    assert treebank_quotes(words) is words
