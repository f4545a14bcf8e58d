"""Dynamic evaluation: a language model that learns from the text that it scores (Krause et al. 2018)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import keras
import numpy as np
from keras import ops

from seqnlp.layers.compilation import compile_function
from seqnlp.tasks.language_modelling.network import LanguageNetwork
from seqnlp.types import Array, Ids, Integers, Tensor

_READ = 20
"""Windows that are read at each place of the training data for the statistics of gradients."""
_EPSILON = 0.05
"""Share of the mean scale that is added to each scale, so that weights without gradients take short steps."""


@dataclass(frozen=True)
class DynamicOptions:
    """Options of dynamic evaluation. The defaults were tuned on held-out data.

    Attributes:
        learning_rate: The learning rate.
        decay: The rate at which weights return to the trained weights after each window.
        window: Number of tokens that are scored before the weights change.
        windows: Number of windows of the training data for the statistics of gradients.
        seed: Random seed of their places.

    Example:
        >>> DynamicOptions(learning_rate=1e-4).window
        20
    """

    learning_rate: float = 4e-4
    decay: float = 1e-3
    window: int = 20
    windows: int = 400
    seed: int = 1


class DynamicEvaluation:
    """Scores documents window by window, and adapts the weights to each window after it is scored.

    The step of a weight is its gradient divided by the root mean square of its gradients on the training data
    (Krause et al. 2018, equation 6). Then it moves towards its trained value; a weight whose gradients are
    large returns faster (equation 7). The network itself does not change.

    Args:
        network: The trained network, which must read forward.
        ids: The training data as one stream of ids.
        options: The options.
    """

    def __init__(
        self, network: LanguageNetwork, ids: Integers, options: DynamicOptions | None = None
    ) -> None:
        self.options = options or DynamicOptions()
        self.network = _copy(network)
        self._compile(_Adaptation(self.options, self._gradient_scales(ids)))

    def _compile(self, optimizer: keras.optimizers.Optimizer) -> None:
        optimizer.build(self.network.trainable_variables)
        self.network.compile(optimizer=optimizer, jit_compile=False)

    def score(self, rows: Iterable[Sequence[int]]) -> Iterator[float]:
        """Yield the log probability of each document. Weights carry over from document to document.

        Args:
            rows: The ids of each document, with the end symbol before it and after it.
        """
        for row in rows:
            yield -sum(self._read(np.asarray(row, np.int32)))

    def _read(self, row: Ids) -> Iterator[float]:
        """Read a document, and yield the loss of each window in nats."""
        last = len(row) - 1
        for start, end in pairwise([*range(0, last, self.options.window), last]):
            inputs = {"ids": row[None, start:end], "starts": np.array([start == 0], np.int32)}
            self.network.reset_metrics()
            loss = self.network.train_on_batch(inputs, row[None, start + 1 : end + 1])
            yield float(loss) * (end - start)

    def _gradient_scales(self, ids: Integers) -> list[Array]:
        """Return the root mean square of the gradient of each weight on training data."""
        optimizer = _Squares()
        self._compile(optimizer)
        random = np.random.default_rng(self.options.seed)
        length = min(_READ * self.options.window, len(ids) - 1)
        windows = 0
        while windows < self.options.windows:
            place = int(random.integers(len(ids) - length))
            row = np.asarray(ids[place : place + length + 1], np.int32)
            windows += sum(1 for _ in self._read(row))
        return [np.sqrt(np.array(total) / windows) for total in optimizer.totals]


def _copy(network: LanguageNetwork) -> LanguageNetwork:
    """Return a copy of a network that reads forward, and trains on one row without dropout."""
    dropout = {name: 0.0 for name in network.arguments if name.endswith("dropout")}
    copy = LanguageNetwork(**{**network.arguments, **dropout, "rows": 1, "direction": "forward"})
    copy.build()
    for name in ("input_table", "output_table", "output_bias"):
        getattr(copy, name).assign(getattr(network, name))
    for target, source in zip(copy.recurrent, network.recurrent, strict=True):
        target.set_weights(source.get_weights())
    return copy


def _dense(gradient: Tensor) -> Tensor:
    """Return a gradient as a tensor. TensorFlow has a row for each token that a table is read for."""
    if keras.backend.backend() != "tensorflow":
        return gradient
    import tensorflow as tf

    return tf.convert_to_tensor(gradient)


class _Squares(keras.optimizers.Optimizer):
    """Adds up squared gradients. Weights do not change."""

    def __init__(self) -> None:
        super().__init__(learning_rate=0.0, name="squares")

    def build(self, variables: list[Any]) -> None:
        """Create the sums."""
        super().build(variables)
        self.totals = [self.add_variable_from_reference(each, "total") for each in variables]

    def update_step(self, gradient: Tensor, variable: Tensor, learning_rate: Tensor) -> None:
        """Add the squares of a gradient."""
        total = self.totals[self._get_variable_index(variable)]
        self.assign_add(total, ops.square(_dense(gradient)))


class _Adaptation(keras.optimizers.Optimizer):
    """Steps that are scaled by gradients of the training data, and a decay towards the trained weights.

    Args:
        options: The options.
        scales: The root mean square of the gradient of each weight.
    """

    def __init__(self, options: DynamicOptions, scales: list[Array]) -> None:
        super().__init__(learning_rate=options.learning_rate, name="adaptation")
        self.decay, self.scales = options.decay, scales

    def build(self, variables: list[Any]) -> None:
        """Store the trained weights and the factors of both updates."""
        super().build(variables)
        mean = sum(float(scale.sum()) for scale in self.scales) / sum(scale.size for scale in self.scales)

        def constants(name: str, values: Iterable[Array]) -> list[Any]:
            stored = [self.add_variable_from_reference(each, name) for each in variables]
            for target, value in zip(stored, values, strict=True):
                target.assign(value)
            return stored

        self.trained = constants("trained", [np.array(each) for each in variables])
        self.steps = constants("step", [1 / (scale + _EPSILON * mean) for scale in self.scales])
        self.returns = constants(
            "return", [np.minimum(self.decay * scale / mean, 1.0) for scale in self.scales]
        )

    def update_step(self, gradient: Tensor, variable: Tensor, learning_rate: Tensor) -> None:
        """Update one weight."""
        index = self._get_variable_index(variable)
        constants = (self.trained[index], self.steps[index], self.returns[index])
        weights = [ops.copy(each) for each in (variable, *constants)]
        rate = ops.cast(learning_rate, variable.dtype)
        self.assign(variable, compile_function(_update)(rate, _dense(gradient), *weights))


def _update(
    rate: Tensor, gradient: Tensor, weight: Tensor, trained: Tensor, step: Tensor, back: Tensor
) -> Tensor:
    """Return the next value of a weight."""
    return weight + back * (trained - weight) - rate * step * gradient
