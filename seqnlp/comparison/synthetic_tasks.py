"""Synthetic tasks that test memory. A gap of any length separates inputs and targets."""

from typing import Protocol

import numpy as np

from seqnlp.errors import ConfigError
from seqnlp.types import Array, Floats, Ids, Tensor


class SyntheticTask(Protocol):
    """Random sequences with targets at their last steps.

    Attributes:
        name: The name on the command line.
        features: Number of features of a step.
        outputs: Number of outputs per target step.
        target_steps: Number of steps at the end of a sequence that have a target.
    """

    name: str
    features: int
    outputs: int
    target_steps: int

    def draw(self, random: np.random.Generator, rows: int, gap: int) -> tuple[Floats, Array]:
        """Draw random sequences.

        Args:
            random: The random generator.
            rows: Number of sequences.
            gap: Number of steps that the network must remember.

        Returns:
            Inputs float32 [rows, time, features] and targets [rows, target_steps].
        """

    def loss(self, predictions: Tensor, targets: Tensor) -> Tensor:
        """Return the training loss of predictions [rows, target_steps, outputs]."""

    def score(self, predictions: Floats, targets: Array) -> float:
        """Return the score of predictions: 1 is perfect. A network without memory gets 0 or chance level."""


class Copying:
    """Copy five symbols after a gap.

    The inputs are five of eight symbols, `gap` blanks and five repeat signs. The score is the fraction of
    correct symbols. Chance level is 0.125.

    Hochreiter and Schmidhuber (1997), "Long short-term memory"; Arjovsky et al. (2016), "Unitary evolution
    recurrent neural networks", section 5.1.
    """

    name = "copy"
    symbols = 8
    target_steps = 5
    features = symbols + 2
    outputs = symbols

    def draw(self, random: np.random.Generator, rows: int, gap: int) -> tuple[Floats, Ids]:
        """Draw one-hot sequences of 10 + gap steps."""
        targets = random.integers(0, self.symbols, (rows, self.target_steps)).astype(np.int32)
        blank, repeat = self.symbols, self.symbols + 1
        blanks = np.full((rows, gap), blank)
        repeats = np.full((rows, self.target_steps), repeat)
        steps = np.concatenate([targets, blanks, repeats], axis=1)
        return np.eye(self.features, dtype=np.float32)[steps], targets

    def loss(self, predictions: Tensor, targets: Tensor) -> Tensor:
        """Return the mean cross-entropy of the symbols."""
        from keras import losses, ops

        return ops.mean(losses.sparse_categorical_crossentropy(targets, predictions, from_logits=True))

    def score(self, predictions: Floats, targets: Array) -> float:
        """Return the fraction of correct symbols."""
        return float(np.mean(predictions.argmax(axis=-1) == targets))


class Adding:
    """Add two marked numbers of a sequence.

    Each step has a number from 0 to 1 and a mark. The mark is 1 at one step of the first half and at one step
    of the second half, and 0 elsewhere. The score is the fraction of explained variance.

    Hochreiter and Schmidhuber (1997), "Long short-term memory", experiment 4.
    """

    name = "adding"
    target_steps = 1
    features = 2
    outputs = 1

    def draw(self, random: np.random.Generator, rows: int, gap: int) -> tuple[Floats, Floats]:
        """Draw sequences of `gap` steps, but at least 2."""
        time = max(gap, 2)
        numbers = random.random((rows, time))
        marks = np.zeros((rows, time))
        first, second = random.integers(0, time // 2, rows), random.integers(time // 2, time, rows)
        marks[np.arange(rows), first] = marks[np.arange(rows), second] = 1
        targets = (numbers * marks).sum(axis=1, keepdims=True)
        return np.stack([numbers, marks], axis=-1).astype(np.float32), targets.astype(np.float32)

    def loss(self, predictions: Tensor, targets: Tensor) -> Tensor:
        """Return the mean squared error."""
        from keras import ops

        return ops.mean(ops.square(predictions[..., 0] - targets))

    def score(self, predictions: Floats, targets: Array) -> float:
        """Return the fraction of explained variance, at least 0."""
        return max(0.0, 1 - float(np.mean((predictions[..., 0] - targets) ** 2) / np.var(targets)))


SYNTHETIC_TASKS: dict[str, SyntheticTask] = {task.name: task for task in (Copying(), Adding())}
"""The synthetic tasks by name."""


def get_synthetic_task(name: str) -> SyntheticTask:
    """Return the synthetic task with a name.

    Raises:
        ConfigError: The name is unknown.

    Example:
        >>> get_synthetic_task("copy").draw(np.random.default_rng(1), rows=4, gap=3)[0].shape
        (4, 13, 10)
    """
    if name not in SYNTHETIC_TASKS:
        raise ConfigError(f"unknown synthetic task {name!r}; known tasks: {', '.join(SYNTHETIC_TASKS)}")
    return SYNTHETIC_TASKS[name]
