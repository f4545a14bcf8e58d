"""The training loop, and batches as a dataset."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from seqnlp.data.batching import Batch
from seqnlp.errors import TrainingError
from seqnlp.metrics.metric import Metric
from seqnlp.settings import TrainingSettings
from seqnlp.training.loop import fit, stream
from seqnlp.training.run_directory import RunDirectory


def test_batches_come_in_order() -> None:
    def batches() -> Iterator[Any]:
        for size in (3, 2, 4):
            yield {"ids": np.full((size, 2), size, np.int32), "lengths": np.arange(size)}, np.ones(size, "f4")

    dataset = stream(batches(), 3)
    assert int(dataset.cardinality()) == 3
    found = [(x["ids"].shape, x["lengths"].numpy().tolist(), y.shape) for x, y in dataset]
    assert found == [((n, 2), list(range(n)), (n,)) for n in (3, 2, 4)]


def test_fewer_batches_than_announced_are_an_error() -> None:
    import tensorflow as tf

    with pytest.raises(tf.errors.InvalidArgumentError, match="OutOfRange"):
        list(stream(iter([np.zeros((1, 1), np.int32)]), 2))


class Line(keras.Model):
    """A line through the origin. Its slope is the only weight."""

    def build(self, shapes: Any = None) -> None:
        self.slope = self.add_weight(name="slope", shape=(1,), initializer="zeros")
        self.built = True

    def call(self, inputs: Any) -> Any:
        return inputs["x"] * self.slope

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True) -> Any:
        return keras.ops.mean((y - y_pred) ** 2)


class Uneven:
    """Batches of y = 2x, one to three in an epoch."""

    tokens = 10

    def plan(self, epoch: int) -> list[Batch]:
        return [Batch(np.arange(4), 4, 1)] * (2, 1, 3, 2)[epoch % 4]

    def batches(self, epoch: int) -> Iterator[Any]:
        for number in range(len(self.plan(epoch))):
            x = np.full((4, 1), number + 1, np.float32)
            yield {"x": x}, 2 * x


class Log:
    """Record the steps of each epoch, and the epochs that were the best so far."""

    def __init__(self) -> None:
        self.steps: list[tuple[int, int]] = []
        self.best: list[int] = []

    def begin(self, state: Any, steps: int, epochs: int, patience: int) -> None:
        self.plan = (steps, epochs, patience)

    def step(self, epoch: int, step: int, loss: float) -> None:
        self.steps.append((epoch, step))

    def epoch(self, record: Any, best: bool) -> None:
        if best:
            self.best.append(record["epoch"])


def train(
    directory: Path,
    metric: Metric,
    scores: Sequence[float | dict[str, float]],
    epochs: int | None,
    log: Log,
    data: Uneven | None = None,
    score_first: bool = False,
    **settings: Any,
) -> Any:
    """Train a line whose scores on dev are given."""
    network = Line()
    network.build()
    run = RunDirectory(directory)
    run.checkpoints.mkdir(parents=True, exist_ok=True)
    values = (score if isinstance(score, dict) else {"score": score} for score in scores)
    chosen = TrainingSettings(epochs=epochs, averaging=0.0, **settings)
    score = lambda: next(values)  # noqa: E731
    return fit(network, data or Uneven(), score, metric, chosen, run, log, score_first), network


def test_epochs_may_differ_in_their_number_of_batches(tmp_path: Path) -> None:
    log = Log()
    state, network = train(tmp_path, Metric("score"), [1.0, 2.0, 3.0, 2.5], 4, log)
    assert log.steps == [(0, 1), (0, 2), (1, 1), (2, 1), (2, 2), (2, 3), (3, 1), (3, 2)]
    assert (state.best_epoch, log.best) == (3, [1, 2, 3])
    assert 0 < float(network.slope[0]) <= 2


def test_the_lowest_score_is_the_best_if_lower_is_better(tmp_path: Path) -> None:
    log = Log()
    state, _ = train(tmp_path, Metric("score", "min"), [3.0, 1.0, 2.0], 3, log)
    assert (state.best_epoch, state.best_score, log.best) == (2, 1.0, [1, 2])


def test_the_lower_loss_decides_between_equal_scores(tmp_path: Path) -> None:
    log = Log()
    state, _ = train(tmp_path, Metric("score"), [0.0] * 4, 4, log)
    losses = [record["loss"] for record in state.history]
    assert (state.best_epoch, state.best_loss) == (losses.index(min(losses)) + 1, min(losses))
    assert state.improved_epoch == 1
    assert log.best[-1] == state.best_epoch > 1


def test_the_loss_on_dev_decides_if_there_is_one(tmp_path: Path) -> None:
    scores = [{"score": 0.5, "loss": loss} for loss in (2.0, 1.0, 3.0, 1.0)]
    state, _ = train(tmp_path, Metric("score"), scores, 4, Log())
    assert (state.best_epoch, state.best_loss) == (2, 1.0)


def test_patience_counts_from_the_last_better_score(tmp_path: Path) -> None:
    state, _ = train(tmp_path, Metric("score"), [0.5, 1.0, 1.0, 1.0, 1.0, 1.0], 6, Log(), patience=2)
    assert (state.epochs, state.improved_epoch) == (4, 2)


def test_a_small_corpus_is_read_for_longer(tmp_path: Path) -> None:
    log = Log()
    state, _ = train(tmp_path, Metric("score"), [0.0] * 99 + [1.0], None, log)
    assert log.plan == (2, 100, 500)
    assert (state.epochs, state.best_epoch) == (100, 100)


def test_training_stops_if_the_loss_is_not_finite(tmp_path: Path) -> None:
    class Large(Uneven):
        """Batches whose squared error is infinite."""

        def batches(self, epoch: int) -> Iterator[Any]:
            for x, y in super().batches(epoch):
                yield x, y * np.float32(1e30)

    message = r"the loss is not finite in epoch 1; try a lower learning rate \(training.learning_rate\)"
    with pytest.raises(TrainingError, match=message):
        train(tmp_path, Metric("score"), [1.0], 1, Log(), data=Large())
    assert not RunDirectory(tmp_path).checkpoint.exists()


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
@pytest.mark.parametrize("mode", ["max", "min"])
def test_the_best_weights_so_far_are_kept(
    tmp_path: Path, mode: Any, value: float, caplog: pytest.LogCaptureFixture
) -> None:
    log = Log()
    state, network = train(tmp_path, Metric("score", mode), [1.0, value], 4, log)
    assert (state.epochs, state.best_epoch, log.best) == (1, 1, [1])
    np.testing.assert_array_equal(network.slope, state.best[0])
    assert caplog.messages[-1] == (
        "dev score is not finite in epoch 2; try a lower learning rate (training.learning_rate). "
        "Training stops with the weights of epoch 1"
    )


def test_weights_are_checked_after_the_last_step(tmp_path: Path) -> None:
    class Breaking(Uneven):
        """One batch with a finite loss, and a gradient that is not."""

        def plan(self, epoch: int) -> list[Batch]:
            return super().plan(1)

        def batches(self, epoch: int) -> Iterator[Any]:
            yield {"x": np.full((4, 1), 1e35, np.float32)}, np.full((4, 1), 1e10, np.float32)

    with pytest.raises(TrainingError, match=r"the weight .*slope is not finite in epoch 1"):
        train(tmp_path, Metric("score"), [1.0], 1, Log(), data=Breaking())


def test_a_resumed_run_continues_after_its_last_epoch(tmp_path: Path) -> None:
    _, unbroken = train(tmp_path / "unbroken", Metric("score"), [1.0, 2.0, 3.0, 4.0], 4, Log())
    log = Log()
    with pytest.raises(StopIteration):
        train(tmp_path / "broken", Metric("score"), [1.0, 2.0], 4, Log())
    _, resumed = train(tmp_path / "broken", Metric("score"), [3.0, 4.0], 4, log)
    assert log.steps[0] == (2, 1)
    np.testing.assert_array_equal(resumed.slope, unbroken.slope)


def test_the_weights_before_training_are_epoch_0(tmp_path: Path) -> None:
    log = Log()
    state, network = train(tmp_path, Metric("score"), [3.0, 1.0, 2.0], 2, log, score_first=True)
    assert (state.best_epoch, state.best_score, log.best) == (0, 3.0, [0])
    assert [record["epoch"] for record in state.history] == [0, 1, 2]
    assert state.history[0] == {"epoch": 0, "dev": {"score": 3.0}}
    assert float(network.slope[0]) == 0
    lines = (tmp_path / "history.jsonl").read_text().splitlines()
    assert len(lines) == 3


def test_a_better_epoch_replaces_epoch_0(tmp_path: Path) -> None:
    state, network = train(tmp_path, Metric("score"), [1.0, 0.5, 2.0], 2, Log(), score_first=True)
    assert state.best_epoch == 2
    assert float(network.slope[0]) > 0


def test_patience_counts_from_epoch_0(tmp_path: Path) -> None:
    state, _ = train(tmp_path, Metric("score"), [3.0, 1.0, 2.0], 9, Log(), score_first=True, patience=2)
    assert state.epochs == 2


def test_a_run_that_ends_at_once_resumes_without_scoring_epoch_0_again(tmp_path: Path) -> None:
    _, unbroken = train(tmp_path / "unbroken", Metric("score"), [1.0, 2.0], 1, Log(), score_first=True)
    with pytest.raises(StopIteration):
        train(tmp_path / "broken", Metric("score"), [1.0], 1, Log(), score_first=True)
    state, resumed = train(tmp_path / "broken", Metric("score"), [2.0], 1, Log(), score_first=True)
    assert [record["epoch"] for record in state.history] == [0, 1]
    np.testing.assert_array_equal(resumed.slope, unbroken.slope)


def test_training_that_diverges_keeps_epoch_0(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    state, _ = train(tmp_path, Metric("score"), [1.0, float("nan")], 1, Log(), score_first=True)
    assert (state.best_epoch, state.epochs) == (0, 0)
    assert caplog.messages[-1].endswith("Training stops with the weights of epoch 0")
    with pytest.raises(TrainingError, match="dev score is not finite before training"):
        train(tmp_path / "new", Metric("score"), [float("nan")], 1, Log(), score_first=True)
