"""Quotation marks."""

from seqnlp.tasks.parsing.quotes import to_treebank_quotes


def test_straight_quotes_open_and_close_in_turn() -> None:
    words = '" Yes " , he said , " no "'.split()
    assert to_treebank_quotes(words) == "`` Yes '' , he said , `` no ''".split()


def test_curly_quotes_show_whether_they_open_or_close() -> None:
    assert to_treebank_quotes("„ Ja “ “ Yes ”".split()) == ["``", "Ja", "``", "``", "Yes", "''"]


def test_other_words_do_not_change() -> None:
    words = ("``", "don", "'", "''")
    assert to_treebank_quotes(words) is words
