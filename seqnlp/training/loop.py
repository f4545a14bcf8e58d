"""Training of any network: batches, a score after each epoch, the best weights kept, and a way to go on."""

import time
from collections.abc import Callable, Iterator
from typing import Any, Protocol

import keras
import numpy as np
from numpy.typing import NDArray

from seqnlp.data.batching import Batch
from seqnlp.settings import TrainingSettings
from seqnlp.training.checkpoints import TrainingState, Weights, assign, read_checkpoint, write_checkpoint
from seqnlp.training.optimizer import LazyAdam
from seqnlp.training.run_directory import RunDirectory

Arrays = dict[str, NDArray[Any]]


class Epochs(Protocol):
    """The training batches, a new order each epoch."""

    @property
    def steps(self) -> int:
        """How many batches an epoch has."""

    @property
    def tokens(self) -> int:
        """How many tokens an epoch has."""

    def batches(self, epoch: int) -> Iterator[tuple[Arrays, NDArray[Any]]]:
        """The inputs and the targets of each batch; the same for the same epoch, from 0."""


class PlannedEpochs(Epochs, Protocol):
    """Training batches of rows that are padded."""

    @property
    def lengths(self) -> NDArray[np.integer[Any]]:
        """How long each row is."""

    def plan(self, epoch: int) -> list[Batch]:
        """The batches of an epoch, in order."""


class Listener(Protocol):
    """Is told how training goes."""

    def begin(self, state: TrainingState, steps: int, epochs: int) -> None:
        """Training begins, or goes on, at `state`."""

    def step(self, epoch: int, step: int, loss: float) -> None:
        """A batch is done."""

    def epoch(self, record: dict[str, Any], best: bool) -> None:
        """An epoch is done and scored."""


Score = Callable[[], dict[str, float]]


def make_reproducible(seed: int) -> None:
    """Make what follows give the same numbers each time on the same machine."""
    keras.utils.set_random_seed(seed)
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        tf.config.experimental.enable_op_determinism()


def fit(
    network: keras.Model,
    epochs: Epochs,
    score: Score,
    metric: str,
    settings: TrainingSettings,
    run: RunDirectory,
    listener: Listener,
) -> TrainingState:
    """Train a network, and leave it with the weights of its best epoch.

    If the run has a checkpoint, training goes on from there, to the result that an unbroken run would have
    had.

    Args:
        network: A built network with a `compute_loss` of its own.
        epochs: The training batches.
        score: Scores the network on dev; called after each epoch.
        metric: The score that decides which epoch is best.
        settings: How to train.
        run: Holds the checkpoint and the history after each epoch.
        listener: Is told how it goes.

    Returns:
        The final state.
    """
    most_epochs = settings.most_epochs(epochs.tokens)
    optimizer = LazyAdam(_schedule(settings, epochs.steps, most_epochs), global_clipnorm=settings.clip)
    optimizer.build(network.trainable_variables)
    network.compile(optimizer=optimizer, jit_compile=False)
    state = read_checkpoint(run.checkpoint) if run.checkpoint.exists() else TrainingState()
    if state.epochs:
        assign(network.variables, state.variables)
        assign(optimizer.variables, state.optimizer)
    keeper = _Keeper(network, state, epochs, score, metric, settings, run, listener)
    listener.begin(state, epochs.steps, most_epochs)
    if not keeper.finished:
        network.fit(
            stream(lambda: epochs.batches(keeper.current), epochs.steps),
            epochs=most_epochs,
            initial_epoch=state.epochs,
            shuffle=False,
            verbose=0,
            callbacks=[keeper],
        )
    assign(network.weights, state.best)
    return state


def _schedule(settings: TrainingSettings, steps: int, epochs: int) -> Any:
    """The learning rate by step: a linear rise, then a cosine down to nearly nothing, or constant."""
    warmup = round(settings.warmup * steps)
    if settings.schedule == "constant":
        return keras.optimizers.schedules.PolynomialDecay(
            settings.learning_rate / max(1, warmup), max(1, warmup), settings.learning_rate
        )
    return keras.optimizers.schedules.CosineDecay(
        settings.learning_rate / max(1, warmup),
        max(1, epochs * steps - warmup),
        alpha=0.01,
        warmup_target=settings.learning_rate,
        warmup_steps=max(1, warmup),
    )


def stream(batches: Callable[[], Iterator[Any]], steps: int) -> Any:
    """Batches as a dataset; they are made while the step before them runs.

    Args:
        batches: Gives an iterator over batches, each a nest of arrays; called for each epoch.
        steps: How many batches it gives.
    """
    import tensorflow as tf

    example = next(batches())
    arrays = tf.nest.flatten(example)
    epoch: Iterator[Any] = iter(())

    def next_arrays(number: int) -> list[NDArray[Any]]:
        nonlocal epoch
        if number == 0:
            epoch = batches()
        return tf.nest.flatten(next(epoch))  # type: ignore[no-any-return]

    def batch(number: Any) -> Any:
        tensors = tf.numpy_function(next_arrays, [number], [array.dtype for array in arrays])
        for tensor, array in zip(tensors, arrays, strict=True):
            tensor.set_shape([None] * array.ndim)
        return tf.nest.pack_sequence_as(example, tensors)

    # Not `from_generator`: on Python 3.11 TensorFlow then has malloc give back what is larger than 128 KiB,
    # for the rest of the process, so that each step would get such pages anew.
    dataset = tf.data.Dataset.range(steps).map(batch)
    options = tf.data.Options()
    # Its thread sleeps twice as long each time, and an epoch does not end before it wakes.
    options.autotune.enabled = False
    return dataset.prefetch(4).with_options(options)


class _Keeper(keras.callbacks.Callback):
    """Scores each epoch, keeps the best, writes the checkpoint, and stops when nothing gets better."""

    def __init__(
        self,
        network: keras.Model,
        state: TrainingState,
        epochs: Epochs,
        score: Score,
        metric: str,
        settings: TrainingSettings,
        run: RunDirectory,
        listener: Listener,
    ) -> None:
        super().__init__()
        self.network = network
        self.state = state
        self.epochs = epochs
        self.score = score
        self.metric = metric
        self.settings = settings
        self.most_epochs = settings.most_epochs(epochs.tokens)
        self.run = run
        self.listener = listener
        self.current = state.epochs
        self.started = 0.0

    @property
    def finished(self) -> bool:
        """Whether all epochs are done, or patience is at its end."""
        state = self.state
        out_of_patience = state.epochs - state.best_epoch >= self.settings.patience
        return state.epochs >= self.most_epochs or (state.epochs > 0 and out_of_patience)

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Tell the stream of batches which epoch it is."""
        self.current = epoch
        self.started = time.perf_counter()

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Tell the listener."""
        self.listener.step(self.current, batch + 1, float((logs or {}).get("loss", np.nan)))

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Score, compare, write down."""
        state, network = self.state, self.network
        seconds = time.perf_counter() - self.started
        latest = network.get_weights()
        self._average(latest)
        if state.average:
            assign(network.weights, state.average)
        scores = self.score()
        value = scores[self.metric]
        best = value > state.best_score
        state.epochs = epoch + 1
        if best:
            state.best, state.best_epoch, state.best_score = network.get_weights(), epoch + 1, value
        if state.average:
            assign(network.weights, latest)
        record = {
            "epoch": epoch + 1,
            "loss": float(logs["loss"]),
            "learning_rate": float(network.optimizer.learning_rate),
            "dev": scores,
            "seconds": round(seconds, 2),
            "tokens_per_second": round(self.epochs.tokens / seconds),
        }
        state.history.append(record)
        state.variables = [np.array(variable) for variable in network.variables]
        state.optimizer = [np.array(variable) for variable in network.optimizer.variables]
        write_checkpoint(self.run.checkpoint, state)
        self.run.write_history(state.history)
        self.listener.epoch(record, best)
        network.stop_training = self.finished

    def _average(self, latest: Weights) -> None:
        """Take the weights of this epoch into the running mean, which starts short-sighted."""
        share = min(self.settings.averaging, self.state.epochs / (self.state.epochs + 2))
        if not self.settings.averaging:
            return
        old = self.state.average or latest
        self.state.average = [
            share * mean + (1 - share) * now if now.dtype.kind == "f" else now
            for mean, now in zip(old, latest, strict=True)
        ]
