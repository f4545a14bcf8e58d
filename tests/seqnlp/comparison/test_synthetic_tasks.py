"""Sequences, losses and scores of the synthetic tasks."""

import numpy as np
import pytest
from keras import ops

from seqnlp.comparison.synthetic_tasks import Adding, Copying, get_synthetic_task
from seqnlp.errors import ConfigError


@pytest.mark.parametrize("gap", [1, 7])
def test_copying_has_symbols_blanks_and_repeat_signs(gap: int) -> None:
    inputs, targets = Copying().draw(np.random.default_rng(0), 6, gap)
    assert inputs.shape == (6, 5 + gap + 5, 10)
    steps = inputs.argmax(axis=-1)
    np.testing.assert_array_equal(steps[:, :5], targets)
    assert (steps[:, 5 : 5 + gap] == 8).all()
    assert (steps[:, 5 + gap :] == 9).all()
    assert (inputs.sum(axis=-1) == 1).all()


@pytest.mark.parametrize("gap", [1, 2, 9, 50])
def test_the_target_of_adding_is_the_sum_of_the_marked_numbers(gap: int) -> None:
    inputs, targets = Adding().draw(np.random.default_rng(0), 40, gap)
    numbers, marks = inputs[..., 0], inputs[..., 1]
    time = max(gap, 2)
    assert inputs.shape == (40, time, 2)
    assert (marks[:, : time // 2].sum(axis=1) == 1).all()
    assert (marks[:, time // 2 :].sum(axis=1) == 1).all()
    np.testing.assert_allclose(targets[:, 0], (numbers * marks).sum(axis=1), rtol=1e-6)


def test_scores_are_one_for_gold_targets_and_low_for_guesses() -> None:
    random = np.random.default_rng(1)
    _, symbols = Copying().draw(random, 400, 3)
    gold = np.eye(8, dtype=np.float32)[symbols]
    assert Copying().score(gold, symbols) == 1
    assert Copying().score(random.random(gold.shape), symbols) == pytest.approx(1 / 8, abs=0.05)
    _, sums = Adding().draw(random, 400, 9)
    assert Adding().score(sums[..., None], sums) == 1
    assert Adding().score(np.ones((400, 1, 1)), sums) == pytest.approx(0, abs=0.05)


def test_losses_are_cross_entropy_and_squared_error() -> None:
    logits, targets = np.log([[[0.7, 0.2, 0.1]]]).astype(np.float32), np.array([[1]])
    assert float(Copying().loss(logits, targets)) == pytest.approx(-np.log(0.2), rel=1e-5)
    predictions, sums = ops.convert_to_tensor([[[1.5]], [[0.5]]]), np.array([[1.0], [0.5]], np.float32)
    assert float(Adding().loss(predictions, sums)) == pytest.approx(0.125)


def test_an_unknown_task_is_an_error_that_lists_the_known_tasks() -> None:
    with pytest.raises(ConfigError, match="copy, adding"):
        get_synthetic_task("coyp")
