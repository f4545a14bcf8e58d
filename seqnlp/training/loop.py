"""The training loop: dev scores, best weights, a moving average and resumable checkpoints."""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import keras
import numpy as np

from seqnlp.data.batching import Batch
from seqnlp.errors import TrainingError
from seqnlp.metrics.metric import Metric
from seqnlp.settings import TrainingSettings
from seqnlp.training.checkpoints import TrainingState, Weights, assign, read_checkpoint, write_checkpoint
from seqnlp.training.optimizer import LazyAdam
from seqnlp.training.run_directory import RunDirectory
from seqnlp.types import Array, Arrays, JsonObject

log = logging.getLogger("seqnlp")

Targets = Array | Arrays
Score = Callable[[], dict[str, float]]


class Epochs(Protocol):
    """Training batches in a new order each epoch."""

    @property
    def tokens(self) -> int:
        """Number of positions in the training data without padding."""

    def plan(self, epoch: int) -> Sequence[Batch]:
        """Return the rows of each batch of an epoch. Epochs may differ in their number of batches."""

    def batches(self, epoch: int) -> Iterator[tuple[Arrays, Targets]]:
        """Yield inputs and targets of each batch. They depend only on the epoch, counted from 0."""


class Listener(Protocol):
    """Receives the events of a training run."""

    def begin(self, state: TrainingState, steps: int, epochs: int, patience: int) -> None:
        """Handle the start of training, or its resumption.

        Args:
            state: The state, with the finished epochs of a resumed run.
            steps: Number of batches of an epoch.
            epochs: Maximum number of epochs.
            patience: Maximum number of epochs without a better dev score.
        """

    def step(self, epoch: int, step: int, loss: float) -> None:
        """Handle the end of a step. Epochs count from 0, steps from 1."""

    def epoch(self, record: JsonObject, best: bool) -> None:
        """Handle the end of an epoch, after its dev scores."""


def make_reproducible(seed: int) -> None:
    """Seed all random generators and make TensorFlow deterministic."""
    keras.utils.set_random_seed(seed)
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        tf.config.experimental.enable_op_determinism()


def fit(
    network: keras.Model,
    epochs: Epochs,
    score: Score,
    metric: Metric,
    settings: TrainingSettings,
    run: RunDirectory,
    listener: Listener,
    score_first: bool = False,
) -> TrainingState:
    """Train a network and leave it with the weights of its best epoch.

    If the run has a checkpoint, training resumes there and gives the same result as an uninterrupted run.
    If the loss, a weight or the dev score is not finite, training stops with the best weights so far.

    Args:
        network: A built network with its own `compute_loss`.
        epochs: The training batches.
        score: Scores the network on dev. It is called after each epoch.
        metric: The score that selects the best epoch.
        settings: The training settings.
        run: Stores the checkpoint and the history after each epoch.
        listener: Receives progress.
        score_first: Whether the weights before training count as epoch 0, which can be the best.

    Returns:
        The final state.

    Raises:
        DataError: The checkpoint is damaged or belongs to another network.
        TrainingError: A number is not finite in the first epoch, and there is no epoch 0.
    """
    steps = len(epochs.plan(0))
    max_epochs, patience = settings.max_epochs(epochs.tokens, steps), settings.max_patience(steps)
    optimizer = LazyAdam(_schedule(settings, steps, max_epochs), global_clipnorm=settings.clip)
    optimizer.build(network.trainable_variables)
    optimizer.unfreeze(getattr(network, "unfrozen_groups", ()), steps)
    network.compile(optimizer=optimizer, jit_compile=False)
    state = TrainingState(best_score=metric.worst)
    if run.checkpoint.exists():
        state = read_checkpoint(run.checkpoint)
        assign(network.variables, state.variables)
        assign(optimizer.variables, state.optimizer)
        run.write_history(state.history)  # the process may have died after it wrote the checkpoint
    listener.begin(state, steps, max_epochs, patience)
    loop = _Loop(network, state, epochs, score, metric, settings, max_epochs, patience, run, listener)
    if score_first and not state.history:
        loop.score_start()
    try:
        while not loop.finished:
            loop.run_epoch()
    except TrainingError as error:
        if not state.best:
            raise
        log.warning("%s. Training stops with the weights of epoch %d", error, state.best_epoch)
    assign(network.weights, state.best)
    return state


def _check_finite(name: str, value: float | Array, epoch: int) -> None:
    """Check a number or an array after a step of an epoch, counted from 0.

    Raises:
        TrainingError: It is not finite.
    """
    if not np.isfinite(value).all():
        raise TrainingError(
            f"{name} is not finite in epoch {epoch + 1}; try a lower learning rate (training.learning_rate)"
        )


def _schedule(settings: TrainingSettings, steps: int, epochs: int) -> Any:
    """Return the learning rate by step: a linear warmup, and then a cosine to nearly 0 or a constant."""
    warmup = max(1, round(settings.warmup * steps))
    if settings.schedule == "constant":
        return keras.optimizers.schedules.PolynomialDecay(
            settings.learning_rate / warmup, warmup, settings.learning_rate
        )
    return keras.optimizers.schedules.CosineDecay(
        settings.learning_rate / warmup,
        max(1, epochs * steps - round(settings.warmup * steps)),
        alpha=0.01,
        warmup_target=settings.learning_rate,
        warmup_steps=warmup,
    )


def stream(batches: Iterator[Any], steps: int) -> Any:
    """Return batches as a dataset that prepares the next batch while a step runs.

    Args:
        batches: Nested arrays, which all have the same structure and dtypes.
        steps: Number of batches to take.

    Returns:
        A `tf.data.Dataset` for one epoch.
    """
    import tensorflow as tf

    example = next(batches)
    arrays = tf.nest.flatten(example)

    def next_arrays(number: int) -> list[Array]:
        flat: list[Array] = arrays if number == 0 else tf.nest.flatten(next(batches))
        return flat

    def batch(number: Any) -> Any:
        tensors = tf.numpy_function(next_arrays, [number], [array.dtype for array in arrays])
        for tensor, array in zip(tensors, arrays, strict=True):
            tensor.set_shape([None] * array.ndim)
        return tf.nest.pack_sequence_as(example, tensors)

    # `from_generator` makes malloc return large blocks to the system at every step (Python 3.11).
    dataset = tf.data.Dataset.range(steps).map(batch)
    options = tf.data.Options()
    # The autotune thread sleeps longer and longer, and an epoch cannot end before it wakes.
    options.autotune.enabled = False
    return dataset.prefetch(4).with_options(options)


class _Steps(keras.callbacks.Callback):
    """Reports each step to a listener, checks the loss, and keeps its mean over the epoch."""

    def __init__(self, epoch: int, listener: Listener) -> None:
        super().__init__()
        self.epoch = epoch
        self.listener = listener
        self.loss = float("nan")

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Report a step.

        Raises:
            TrainingError: The loss is not finite.
        """
        loss = float(logs["loss"])
        _check_finite("the loss", loss, self.epoch)
        self.listener.step(self.epoch, batch + 1, loss)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Keep the loss."""
        self.loss = float(logs["loss"])


@dataclass(frozen=True)
class _Loop:
    """Trains epoch by epoch, and updates `state`."""

    network: keras.Model
    state: TrainingState
    epochs: Epochs
    score: Score
    metric: Metric
    settings: TrainingSettings
    max_epochs: int
    patience: int
    run: RunDirectory
    listener: Listener

    @property
    def finished(self) -> bool:
        """True if all epochs are done, or the dev score has not improved for too long."""
        done = self.state.epochs
        return done >= self.max_epochs or done - self.state.improved_epoch >= self.patience

    def run_epoch(self) -> None:
        """Train for one epoch, score it, and write the checkpoint and the history.

        Raises:
            TrainingError: The loss, a weight or the dev score is not finite.
        """
        epoch = self.state.epochs
        steps = _Steps(epoch, self.listener)
        started = time.perf_counter()
        self.network.fit(
            stream(self.epochs.batches(epoch), len(self.epochs.plan(epoch))),
            initial_epoch=epoch,
            epochs=epoch + 1,
            shuffle=False,
            verbose=0,
            callbacks=[steps],
        )
        seconds = time.perf_counter() - started
        scores, best = self._score_epoch(steps.loss)
        record = {
            "epoch": epoch + 1,
            "loss": steps.loss,
            "learning_rate": float(self.network.optimizer.learning_rate),
            "dev": scores,
            "seconds": round(seconds, 2),
            "tokens_per_second": round(self.epochs.tokens / seconds),
        }
        self._store(record, best)

    def score_start(self) -> None:
        """Score the weights before training as epoch 0, and write the checkpoint and the history.

        Raises:
            TrainingError: The dev score is not finite.
        """
        scores, state = self.score(), self.state
        state.best_score, state.best_loss = scores[self.metric.name], scores.get("loss", float("inf"))
        if not np.isfinite(state.best_score):
            raise TrainingError(f"dev {self.metric.name} is not finite before training")
        state.best = self.network.get_weights()
        self._store({"epoch": 0, "dev": scores}, best=True)

    def _store(self, record: dict[str, Any], best: bool) -> None:
        """Write the checkpoint and the history after an epoch."""
        self.state.history.append(record)
        self.state.variables = [np.array(variable) for variable in self.network.variables]
        self.state.optimizer = [np.array(variable) for variable in self.network.optimizer.variables]
        write_checkpoint(self.run.checkpoint, self.state)
        self.run.write_history(self.state.history)
        self.listener.epoch(record, best)

    def _score_epoch(self, loss: float) -> tuple[dict[str, float], bool]:
        """Score the averaged weights, and store them if they are the best so far.

        The lower loss decides between equal scores: that on dev if the task computes it, otherwise that of
        the epoch.
        """
        state, network = self.state, self.network
        latest = network.get_weights()
        for variable, weight in zip(network.weights, latest, strict=True):
            _check_finite(f"the weight {variable.path}", weight, state.epochs)
        self._average(latest)
        if state.average:
            assign(network.weights, state.average)
        scores = self.score()
        value, loss = scores[self.metric.name], scores.get("loss", loss)
        _check_finite(f"dev {self.metric.name}", value, state.epochs)
        state.epochs += 1
        improved = self.metric.better(value, state.best_score)
        best = improved or (value == state.best_score and loss < state.best_loss)
        if improved:
            state.improved_epoch = state.epochs
        if best:
            state.best, state.best_epoch = network.get_weights(), state.epochs
            state.best_score, state.best_loss = value, loss
        if state.average:
            assign(network.weights, latest)
        return scores, best

    def _average(self, latest: Weights) -> None:
        """Update the moving average, whose decay is low in the first epochs."""
        if not self.settings.averaging:
            return
        decay = min(self.settings.averaging, self.state.epochs / (self.state.epochs + 2))
        old = self.state.average or latest
        self.state.average = [
            decay * mean + (1 - decay) * now if now.dtype.kind == "f" else now
            for mean, now in zip(old, latest, strict=True)
        ]
