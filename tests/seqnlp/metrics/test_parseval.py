"""PARSEVAL, by hand."""

import pytest

from seqnlp.metrics.parseval import ParsevalScores
from seqnlp.trees.brackets import parse_tree
from seqnlp.trees.constituents import Constituents

GOLD = "(S (NP (DT The) (NN cat)) (VP (VBD sat) (PP (IN on) (NP (DT the) (NN mat)))) (. .))"


def read(text: str) -> Constituents:
    return Constituents.from_tree(parse_tree([(1, text)]))


def scored(*pairs: tuple[str, str]) -> ParsevalScores:
    scores = ParsevalScores()
    for gold, predicted in pairs:
        scores.add(read(gold), read(predicted))
    return scores


def test_a_correct_tree_scores_one() -> None:
    found = scored((GOLD, GOLD)).to_dict()
    assert (found["f1"], found["exact"], found["accuracy"], found["support"]) == (1, 1, 1, 5)


def test_a_partly_correct_tree_by_hand() -> None:
    # S, VP (the full stop does not count) and two NPs are correct. PP is called ADVP, and one NP is spurious.
    predicted = "(S (NP (DT The) (NN cat)) (VP (VBD sat) (ADVP (RB on) (NP (DT the) (NP (NN mat))))) (. .))"
    found = scored((GOLD, predicted)).to_dict()
    assert found["precision"] == pytest.approx(4 / 6)
    assert found["recall"] == pytest.approx(4 / 5)
    assert found["f1"] == pytest.approx(8 / 11)
    assert found["unlabelled"] == pytest.approx({"precision": 5 / 6, "recall": 1, "f1": 10 / 11})
    assert found["exact"] == 0
    assert found["accuracy"] == pytest.approx(5 / 6)  # of six words that are not punctuation
    assert found["labels"]["NP"] == pytest.approx(
        {"precision": 2 / 3, "recall": 1, "f1": 4 / 5, "support": 2}
    )


def test_punctuation_does_not_count() -> None:
    gold = "(S (NP (NN Yes)) (, ,) (VP (VBZ is) (NP (NN it))) (. .))"
    predicted = "(S (NP (NN Yes) (, ,)) (VP (VBZ is) (NP (NN it)) (. .)))"
    assert scored((gold, predicted)).to_dict()["f1"] == 1


def test_a_constituent_of_punctuation_does_not_count() -> None:
    gold, predicted = "(S (NN Yes) (. .))", "(S (NN Yes) (FRAG (. .)))"
    found = scored((gold, predicted)).to_dict()
    assert (found["precision"], found["recall"], found["support"]) == (1, 1, 1)


def test_the_gold_part_of_speech_decides_what_is_punctuation() -> None:
    gold, predicted = "(S (NN a) (NP (NN b) (. c)))", "(S (NN a) (NP (. b) (NN c)))"
    found = scored((gold, predicted)).to_dict()
    assert (found["f1"], found["accuracy"]) == (1, 0.5)


def test_roots_do_not_count_and_particles_equal_adverbs() -> None:
    gold, predicted = "(TOP (S (VB Get) (PRT (RP up))))", "(S (VB Get) (ADVP (RP up)))"
    assert scored((gold, predicted)).to_dict()["f1"] == 1


def test_equal_constituents_are_counted_separately() -> None:
    found = scored(("(NP (NP (NP (NN a) (NN b))))", "(NP (NP (NN a) (NN b)))")).to_dict()
    assert (found["precision"], found["recall"]) == (1, pytest.approx(2 / 3))


def test_confusion() -> None:
    table = scored(("(S (NP (NN a)) (NN b))", "(S (VP (NN a)) (VP (NN b)))")).confusion
    counts = {
        (row, column): int(table.counts[i, j])
        for i, row in enumerate(table.rows)
        for j, column in enumerate(table.columns)
        if table.counts[i, j]
    }
    assert counts == {("S", "S"): 1, ("NP", "VP"): 1, ("spurious", "VP"): 1}


def test_no_sentences_score_zero() -> None:
    assert ParsevalScores().to_dict()["f1"] == 0
