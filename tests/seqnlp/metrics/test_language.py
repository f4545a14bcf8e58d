"""Scores of language models."""

import math

import pytest

from seqnlp.metrics.language import LanguageScores


def test_adapted_scores_have_their_own_line() -> None:
    scores = LanguageScores("words")
    scores.add(6.0, 3, size=9, unknown=1)
    plain = str(scores)
    scores.add_adapted("dynamic", nats=3.0)
    assert scores.nats_per_token == 2
    assert scores.to_dict()["dynamic"] == pytest.approx(
        {
            "nats_per_token": 1,
            "bits_per_token": 1 / math.log(2),
            "perplexity": math.e,
            "bits_per_byte": 3 / math.log(2) / 9,
        }
    )
    assert str(scores) == (
        f"{plain}\nwith dynamic evaluation: nats_per_token 1.0000, bits_per_token 1.4427, perplexity 2.7183, "
        "bits_per_byte 0.4809"
    )
