"""Scores with a direction."""

import math

import pytest

from seqnlp.metrics.metric import Metric


def test_higher_is_better_by_default() -> None:
    assert Metric("f1").better(0.5, 0.4)
    assert not Metric("f1").better(0.4, 0.4)


def test_lower_can_be_better() -> None:
    assert Metric("perplexity", "min").better(90.0, 100.0)
    assert not Metric("perplexity", "min").better(100.0, 90.0)


@pytest.mark.parametrize("metric", [Metric("f1"), Metric("loss", "min")])
def test_every_number_beats_the_worst_and_nan_beats_nothing(metric: Metric) -> None:
    assert metric.better(-1e300, metric.worst)
    assert metric.better(1e300, metric.worst)
    assert not metric.better(math.nan, metric.worst)
