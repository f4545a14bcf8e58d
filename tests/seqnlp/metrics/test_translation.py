"""Scores of translations, compared with sacrebleu and by hand."""

import math

import pytest
import sacrebleu

from seqnlp.metrics.translation import TranslationScores

FOUND = ["a Dog runs over the green field", "two men talk", "", "nothing of this is right at all"]
WANTED = ["a dog runs over the green field", "two men are talking to each other", "a cat", "ein Hund"]


@pytest.fixture
def scores() -> TranslationScores:
    counted = TranslationScores()
    for one, other in zip(FOUND, WANTED, strict=True):
        counted.add(one, other)
    return counted


def test_scores_equal_sacrebleu(scores) -> None:
    found = scores.to_dict()
    assert found["bleu"] == pytest.approx(sacrebleu.corpus_bleu(FOUND, [WANTED]).score)
    assert found["bleu_lower"] == pytest.approx(sacrebleu.corpus_bleu(FOUND, [WANTED], lowercase=True).score)
    assert found["bleu_lower"] > found["bleu"]
    assert found["chrf"] == pytest.approx(sacrebleu.corpus_chrf(FOUND, [WANTED]).score)
    assert found["pairs"] == 4
    assert found["length_ratio"] == pytest.approx(17 / 18)


def test_signatures_describe_the_scores(scores) -> None:
    found = scores.to_dict()
    assert "case:mixed|eff:no|tok:13a" in found["signature"]
    assert "case:lc|eff:no|tok:13a" in found["signature_lower"]


def test_perplexity_by_hand(scores) -> None:
    assert "perplexity" not in scores.to_dict()
    scores.add_likelihood(math.log(0.5) + math.log(0.25), 2)
    scores.add_likelihood(math.log(0.125), 1)
    assert scores.to_dict()["perplexity"] == pytest.approx(4)
    assert scores.to_dict()["log_likelihood"] == pytest.approx(-math.log(4))
