"""Settings that depend on the corpus."""

import pytest

from seqnlp.tasks.classification.settings import ClassifierTraining, NetworkSettings


@pytest.mark.parametrize(
    ("tokens", "steps", "epochs"),
    [(500, 4, 100), (49_000, 128, 20), (170_000, 330, 8), (500_000, 980, 6), (1_100_000, 2150, 3)],
)
def test_a_small_corpus_is_read_more_often_and_a_large_one_less_often(
    tokens: int, steps: int, epochs: int
) -> None:
    assert ClassifierTraining().max_epochs(tokens, steps) == epochs
    assert ClassifierTraining(epochs=11).max_epochs(tokens, steps) == 11


def test_log_count_ratios_are_used_for_few_labels_by_default() -> None:
    assert NetworkSettings().use_log_count_ratios(50)
    assert not NetworkSettings().use_log_count_ratios(51)
    assert NetworkSettings(log_count_ratios=True).use_log_count_ratios(51)
    assert not NetworkSettings(log_count_ratios=False).use_log_count_ratios(2)
