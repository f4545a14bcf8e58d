"""Settings that depend on the corpus."""

import pytest

from seqnlp.tasks.classification.settings import ClassifierTraining, NetworkSettings


@pytest.mark.parametrize(("tokens", "epochs"), [(500, 8), (500_000, 6), (1_100_000, 3), (50_000_000, 3)])
def test_a_large_corpus_is_read_less_often(tokens: int, epochs: int) -> None:
    assert ClassifierTraining().max_epochs(tokens) == epochs
    assert ClassifierTraining(epochs=11).max_epochs(tokens) == 11


def test_log_count_ratios_are_used_for_few_labels_by_default() -> None:
    assert NetworkSettings().use_log_count_ratios(50)
    assert not NetworkSettings().use_log_count_ratios(51)
    assert NetworkSettings(log_count_ratios=True).use_log_count_ratios(51)
    assert not NetworkSettings(log_count_ratios=False).use_log_count_ratios(2)
