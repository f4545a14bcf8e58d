"""The baseline grammar of parsers, compared with NLTK's own chart parser."""

import nltk
import pytest

from benchmarks.pcfg import TOP, Pcfg, productions, score_grammars
from seqnlp import corpora
from seqnlp.corpora import stop
from seqnlp.tasks.parsing.examples import to_constituents
from seqnlp.trees.constituents import Constituents


@pytest.fixture(scope="module")
def sentences() -> list[Constituents]:
    short = [tree for tree in corpora.load("sample/trees").train if len(tree.words) < 10]
    return to_constituents(short[:150], stop)


@pytest.mark.parametrize(("horizontal", "vertical"), [(0, 0), (2, 0), (1, 1)])
def test_the_best_tree_is_that_of_nltk(sentences: list[Constituents], horizontal: int, vertical: int) -> None:
    grammar = Pcfg.learn(sentences, horizontal, vertical)
    rules = [rule for each in sentences for rule in productions(each, grammar.known, horizontal, vertical)]
    theirs = nltk.ViterbiParser(nltk.induce_pcfg(nltk.Nonterminal(TOP), rules))
    known = [each for each in sentences if set(each.words) <= grammar.known and len(each.words) < 7]
    assert len(known) > 5
    for sentence in known[:8]:
        (tree,) = theirs.parse(sentence.words)
        found = grammar.parse(sentence.words)
        logs = {(rule.lhs(), rule.rhs()): rule.logprob() for rule in theirs.grammar().productions()}
        used = productions(found, grammar.known, horizontal, vertical)
        ours = sum(logs[rule.lhs(), rule.rhs()] for rule in used)
        assert ours == pytest.approx(tree.logprob(), rel=1e-4)


def test_a_sentence_of_unknown_words_without_a_tree_is_parsed(sentences: list[Constituents]) -> None:
    grammar = Pcfg.learn(sentences, 0, 0)
    words = ("Zorblax", "frobnicated", "the", "12-b", "?", "?")
    assert grammar.parse(words).to_tree().words == words


def test_the_grammar_that_is_best_on_dev_is_selected(sentences: list[Constituents]) -> None:
    score = score_grammars({"train": sentences[:100], "dev": sentences[100:110], "test": sentences[110:120]})
    assert set(score.chosen) == {"horizontal", "vertical"}
    assert 0.3 < score.dev <= 1
    assert 0.3 < score.test <= 1
