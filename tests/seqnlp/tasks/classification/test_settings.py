"""Settings that depend on the corpus."""

import pytest

from seqnlp.tasks.classification.settings import ClassifierTraining


@pytest.mark.parametrize(("tokens", "epochs"), [(500, 8), (500_000, 6), (1_100_000, 3), (50_000_000, 3)])
def test_a_large_corpus_is_read_less_often(tokens: int, epochs: int) -> None:
    assert ClassifierTraining().most_epochs(tokens) == epochs
    assert ClassifierTraining(epochs=11).most_epochs(tokens) == 11
